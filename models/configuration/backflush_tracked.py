# Configuration whose changes stay in the chatter, whatever the caller asks for.
# Configuration; inherited by policies, cost elements and what belongs to them.

from collections import defaultdict

from markupsafe import Markup

from odoo import api, models

#: Context keys by which a caller could keep changes out of the chatter.
SILENT = ("tracking_disable", "mail_notrack", "mail_create_nolog")


class BackflushOwned(models.AbstractModel):
    _name = "backflush.owned"
    _description = "Record That Stays Within the Companies of Its User"

    #: What decides the company of a record.
    _owners = ("company_id",)

    def write(self, vals):
        """Write, unless that hands records over to a company that is not the user's.
        Odoo checks the company that a record had before."""
        result = super().write(vals)
        if vals.keys() & set(self._owners):
            self.check_access("write")
        return result


class BackflushTracked(models.AbstractModel):
    _name = "backflush.tracked"
    _description = "Configuration with Tracked Changes"
    _inherit = ["backflush.owned", "mail.thread"]

    @api.model_create_multi
    def create(self, vals_list):
        records = super(BackflushTracked, self._speaking()).create(vals_list)
        return records.with_env(self.env)

    def write(self, vals):
        return super(BackflushTracked, self._speaking()).write(vals)

    def _speaking(self):
        """Return these records with tracking on: a request cannot switch it off."""
        return self.with_context(**dict.fromkeys(SILENT, False))


class BackflushElementLine(models.AbstractModel):
    _name = "backflush.element.line"
    _description = "Line Whose Changes Its Cost Element Notes"
    _inherit = ["backflush.owned"]

    _owners = ("element_id",)
    #: Fields that name a line, and those whose changes are noted.
    _noted_by = ()
    _noted = ()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self._note_changes({}, lines._get_noted())
        return lines

    def write(self, vals):
        before = self._get_noted()
        result = super().write(vals)
        self._note_changes(before, self._get_noted())
        return result

    def unlink(self):
        before = self._get_noted()
        result = super().unlink()
        self._note_changes(before, {})
        return result

    def _get_noted(self):
        """Return {(line id, cost element): {label: value in words}}."""
        names = (*self._noted_by, *self._noted)
        labels = self.sudo().fields_get(names, ["string"])
        return {
            (line.id, line.element_id): {
                labels[name]["string"]: str(
                    line._fields[name].convert_to_export(line[name], line)
                )
                for name in names
            }
            for line in self
        }

    @api.model
    def _note_changes(self, before, now):
        """Note in the chatter of cost elements what their lines were ``before`` and are
        ``now``. Only who sees cost reads it there, other than in the chatter of a
        policy or a work center."""
        notes = defaultdict(Markup)
        for key in {**before, **now}:
            old, new = before.get(key, {}), now.get(key, {})
            if old != new:
                notes[key[1]] += self._describe_line(old, new)
        # Who changes a rate need not be allowed to change its cost element.
        elements = self.env["backflush.cost.element"].sudo().union(*notes)
        elements._message_log_batch({el.id: notes[el] for el in elements})

    def _describe_line(self, old, new):
        """Return what a line, {label: value}, was and is as a list; empty where there
        is none."""
        none = self.env._("(none)")
        rows = Markup()
        for label in new or old:
            was, is_now = old.get(label) or none, new.get(label) or none
            change = is_now if was == is_now else f"{was} → {is_now}"
            rows += Markup("<li>%s: %s</li>") % (label, change)
        return Markup("<ul>%s</ul>") % rows
