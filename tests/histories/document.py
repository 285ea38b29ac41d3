"""What a history keeps of the documents it has made."""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Document:
    """A document of a history, with what later steps need to know of it.

    :param record: the Odoo record
    :param closed: its entry stays out of the books: nothing more happens to it
    :param changed: something happened to it after its entry
    """

    record: object
    closed: bool = False
    changed: bool = False
    facts: dict = field(default_factory=dict)

    def __getitem__(self, name):
        return self.facts[name]

    def __setitem__(self, name, value):
        self.facts[name] = value


def keep(record, **facts):
    """Return the `Document` of an Odoo record."""
    return Document(record, facts=facts)
