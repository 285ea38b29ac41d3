# Mix groups: components that can take each other's place, and which cannot be compared.
# Standard cost; used by bills of materials, by the roll-up and by cost cards.

from odoo.exceptions import ValidationError


def find_unfit(members):
    """Return the products that cannot be members of their group: their unit of measure
    has nothing in common with that of the first member, or they are in two groups.

    :param members: [(product, name of its group)]
    """
    first, group_of, unfit = {}, {}, []
    for product, group in members:
        leader = first.setdefault(group, product)
        alone = group_of.setdefault(product, group) != group
        if alone or not leader.uom_id._has_common_reference(product.uom_id):
            unfit.append(product)
    return unfit


def check_groups(owner, members):
    """Check the groups of ``owner``, a bill of materials or a cost card.

    :raises ValidationError: names the components that cannot be members
    """
    if unfit := find_unfit(members):
        names = dict.fromkeys(product.display_name for product in unfit)
        raise ValidationError(
            owner.env._(
                "%(document)s: mix and yield of %(components)s cannot be measured. "
                "The components of a mix group need units of measure that can be "
                "converted into each other, and a component belongs to one group. "
                "Correct the mix group of the line, or the unit of the product.",
                document=owner.display_name,
                components=", ".join(names),
            )
        )
