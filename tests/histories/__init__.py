"""Histories: real documents in any order, and what is always true of the books.

``books`` is the oracle, ``factory`` and the files beside it are the documents of one
company, ``world`` plays and checks steps, ``machine`` lets hypothesis choose them.
"""

from .world import replay

__all__ = ["replay"]
