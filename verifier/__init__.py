"""The auditor's program: one file for Python's standard library alone.

It consists of ``costing/chain.py`` and ``costing/merkle.py``, which Odoo computes
with, and of ``program.py``. ``python3 verifier`` writes it; a test compares it with its
parts.
"""
