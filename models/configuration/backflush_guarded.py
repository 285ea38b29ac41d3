# Fields that the code alone writes take no default from a client: neither from the
# context of its call nor from its own defaults. Used by every step.

from odoo import api, models


class BackflushGuarded(models.AbstractModel):
    _name = "backflush.guarded"
    _description = "Record with Fields That Only the Code Writes"
    #: Names of these fields; None for all of them.
    _guarded_fields = None

    @api.model
    def default_get(self, fields):
        """Return defaults; of guarded fields those that the field itself has. This
        holds for superusers too: what the code creates for a client has the client's
        context."""
        names = [name for name in fields if self._is_guarded(name)]
        found = super().default_get([name for name in fields if name not in names])
        return found | self._get_own_defaults(names)

    @api.model
    def _is_guarded(self, name):
        if name not in self._fields:
            return False
        return self._guarded_fields is None or name in self._guarded_fields

    @api.model
    def _get_own_defaults(self, names):
        """Return {name: what the field itself has as default}, as it is written."""
        found = {}
        for name in names:
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, False)
                found[name] = field.convert_to_write(value, self)
        return found
