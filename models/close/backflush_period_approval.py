# Approval of a period close: one person prepares it, another one posts it, where the
# company asks for that. Between the preview and posting; nothing changes in between.

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError


class ResCompany(models.Model):
    _inherit = "res.company"

    backflush_close_approval = fields.Boolean(
        "Period Closes Are Approved",
        tracking=True,
        help="A period close is posted by somebody else than who prepared it.",
    )


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    approval_needed = fields.Boolean(related="company_id.backflush_close_approval")
    requested_on = fields.Datetime("Approval Requested On", readonly=True, copy=False)
    requested_figures = fields.Char(
        readonly=True,
        copy=False,
        help="Fingerprint of what the close would have posted when its approval was "
        "requested: it is posted only as it was then.",
    )

    # Prepare -------------------------------------------------------------------------

    def action_request_approval(self):
        """Ask somebody else to post this close as its preview shows it.

        :raises UserError: what blocks the close
        """
        self.check_access("write")
        self._check_state("open")
        for period in self:
            period._check_last()
            period._check_dates_open()
            period._check_ready()
            # The steps of a close are written by its buttons alone; see GUARDED.
            preview = period.sudo()
            preview.write(
                {
                    "requested_figures": preview._get_fingerprint(
                        preview._prepare_entries()
                    ),
                    "requested_by_id": self.env.uid,
                    "requested_on": fields.Datetime.now(),
                    "state": "to_approve",
                }
            )

    def action_take_back(self):
        """Open what waits for approval; who approves may do it too, to have it
        corrected."""
        self._check_reviewer()
        self._check_state("to_approve")
        self._clear_approval(state="open")

    def _clear_approval(self, **values):
        """Forget who asked for the approval of these closes and who gave it; the
        chatter keeps it."""
        # Written by the buttons alone, which check the rights.
        self.sudo().write(
            {
                "requested_by_id": False,
                "requested_on": False,
                "requested_figures": False,
                "approved_by_id": False,
                "approved_on": False,
                **values,
            }
        )

    @api.model
    def _get_fingerprint(self, entries):
        """Return a hash of [(event, date, postings)], whatever their order."""
        Entry = self.env["backflush.entry"]
        rows = sorted(
            json.dumps([event, str(date), Entry._prepare_row(posting)], sort_keys=True)
            for event, date, postings in entries
            for posting in postings
        )
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()

    # Approve -------------------------------------------------------------------------

    def action_approve(self):
        """Post closes that others have prepared.

        :raises AccessError: the user does not approve
        :raises UserError: the user has prepared it, or what blocks the close
        """
        self.check_access("read")
        for period in self.sorted(lambda p: (p.date_to, p.kind == "year_end", p.id)):
            # Who approves need not be allowed to prepare; checked right below.
            close = period.sudo()
            close.lock_for_update()
            close.invalidate_recordset(["state"])
            period._check_state("to_approve")
            period._check_may_approve()
            close.write(
                {
                    "approved_by_id": self.env.uid,
                    "approved_on": fields.Datetime.now(),
                }
            )
            close._post_close()

    def _get_preparers(self):
        """Return who asked for the approval, and who chose or counted what this close
        rests on."""
        return (
            super()._get_preparers()
            | self.disposition_ids.write_uid
            | self.count_ids.create_uid
            | self.count_ids.write_uid
        )

    # Post ----------------------------------------------------------------------------

    def _post_close(self):
        """Post nothing that somebody else has to approve first."""
        if self.approval_needed and not self.approved_by_id:
            raise UserError(
                self.env._(
                    "Close %(period)s has to be approved by another person: press "
                    "Request Approval. (%(company)s asks for that in Settings > "
                    "Backflush Costing > Period Close.)",
                    period=self.name,
                    company=self.company_id.display_name,
                )
            )
        return super()._post_close()

    def _prepare_entries(self):
        """Refuse to post other figures than those whose approval was requested."""
        entries = super()._prepare_entries()
        if (
            self.state == "to_approve"
            and self._get_fingerprint(entries) != self.requested_figures
        ):
            raise UserError(
                self.env._(
                    "The figures of close %(period)s have changed since its approval "
                    "was requested: take it back, look at the preview again, and "
                    "request the approval of what it shows then.",
                    period=self.name,
                )
            )
        return entries

    def _check_state(self, *states):
        """Say what to do with closes that wait for approval."""
        waiting = self.filtered(lambda period: period.state == "to_approve")
        if waiting and "to_approve" not in states:
            raise UserError(
                self.env._(
                    "Close %(period)s waits for approval and cannot be changed: take "
                    "it back first.",
                    period=waiting[0].name,
                )
            )
        return super()._check_state(*states)

    def _reopen(self, reason):
        """What is opened again is approved again."""
        result = super()._reopen(reason)
        self._clear_approval()
        return result
