"""How fast orders are completed: without costing, natively, and with a policy.

``./run bench`` runs ``__main__``; ``factory`` makes the companies that are compared,
``meter`` measures, ``table`` prints.
"""
