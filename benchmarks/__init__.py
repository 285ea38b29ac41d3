"""How fast we are: completing orders, rolling up and releasing standard costs.

``./run bench`` runs ``__main__``, which runs one benchmark or all. ``completion``
compares manufacturing orders in the companies of ``factory`` and prints with ``table``;
``standard_cost`` rolls up the products of ``structure``; ``meter`` measures.
"""

# The namespace ``odoo`` has its names, such as Command, after its first package only.
import odoo.api
