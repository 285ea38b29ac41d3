# Rights in Backflush Costing: who gives or takes them is noted on the user's contact.
# Configuration; groups are in security/backflush_groups.xml.

from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._note_backflush_rights({})
        return users

    def write(self, vals):
        if not vals.keys() & {"group_ids", "company_ids", "active"}:
            return super().write(vals)
        before = self._get_backflush_rights()
        result = super().write(vals)
        self._note_backflush_rights(before)
        return result

    def _get_backflush_rights(self):
        """Return {user: its rights in words} of those of these users that have any."""
        groups = self.env["res.groups"]._get_backflush_groups()
        found = {}
        # What is compared is all rights, whoever changes them.
        for user in self.sudo():
            if user.active and (mine := user.all_group_ids & groups):
                found[user] = self.env._(
                    "%(groups)s (%(companies)s)",
                    groups=", ".join(mine.sorted("sequence").mapped("name")),
                    companies=", ".join(user.company_ids.mapped("name")),
                )
        return found

    def _note_backflush_rights(self, before):
        """Note on the contact of each of these users whose rights are not what they
        were ``before``."""
        now = self._get_backflush_rights()
        none = self.env._("(none)")
        for user in self.sudo():
            old, new = before.get(user, none), now.get(user, none)
            if old != new:
                user.partner_id._message_log(
                    body=self.env._(
                        "Rights in Backflush Costing: %(old)s → %(new)s",
                        old=old,
                        new=new,
                    )
                )


class ResGroups(models.Model):
    _inherit = "res.groups"

    def write(self, vals):
        if not vals.keys() & {"user_ids", "implied_ids", "implied_by_ids"}:
            return super().write(vals)
        ours = self._get_backflush_groups()
        users = ours.all_user_ids
        before = users._get_backflush_rights()
        result = super().write(vals)
        (users | ours.all_user_ids)._note_backflush_rights(before)
        return result

    @api.model
    def _get_backflush_groups(self):
        """Return the groups of Backflush Costing; none while it is uninstalled."""
        privilege = self.env.ref(
            "mrp_account_backflush.res_groups_privilege_backflush",
            raise_if_not_found=False,
        )
        # Read for the note, whoever changes rights.
        return privilege.sudo().group_ids if privilege else self.sudo().browse()
