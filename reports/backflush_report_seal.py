# What a report says of the sealed ledger: its verification, its checkpoints.
# Part of the data of every report; after the seal.

from datetime import timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_datetime

from .dataset import COUNT, MOMENT, Column, Section


class BackflushReport(models.Model):
    _inherit = "backflush.report"

    def _get_verification(self):
        """Return [(label, text)] of the last verification of the sealed ledger, and of
        what waits for its seal."""
        return [
            (
                self.env._("Verification"),
                self._describe_verification()
                or self.env._("The ledger of this company was not verified yet."),
            ),
            (self.env._("Posted, not sealed"), self._describe_unsealed()),
        ]

    def _describe_verification(self):
        """Return what the last verification found, or nothing."""
        found = self.env["backflush.verification"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )
        if not found:
            return ""
        about = {
            "first": found.first_number,
            "last": found.last_number,
            "moment": format_datetime(self.env, found.started_at),
            "user": found.sudo().user_id.name,
            "checkpoints": found.checkpoint_count,
            "hash": found.hash,
        }
        if found.result == "holds":
            return self.env._(
                "Seals %(first)s to %(last)s hold; checkpoints compared: "
                "%(checkpoints)s. Verified on %(moment)s by %(user)s; the last hash "
                "is %(hash)s.",
                **about,
            )
        return self.env._(
            "Seals %(first)s to %(last)s do not all hold. Verified on %(moment)s by "
            "%(user)s; problems: %(count)s. %(problem)s",
            count=found.problem_count,
            problem=(found.problems or "").partition("\n")[0],
            **about,
        )

    def _describe_unsealed(self):
        """Return how many posted entries of the company wait for their seal."""
        return str(
            self.env["backflush.seal.due"].search_count(
                [("company_id", "=", self.company_id.id)]
            )
        )

    def _get_checkpoint_section(self, period):
        checkpoints = self._get_checkpoints(period)
        return Section(
            self.env._("Checkpoints"),
            [
                Column(self.env._("Seals"), COUNT, 10),
                Column(self.env._("Made On"), MOMENT, 20),
                Column(self.env._("Reason"), width=16),
                Column(self.env._("Hash"), width=66),
                Column(self.env._("Root of the Tree"), width=66, page=False),
            ],
            [
                (
                    checkpoint.number,
                    checkpoint.made_at,
                    self._get_label(checkpoint, "reason"),
                    checkpoint.hash,
                    checkpoint.root,
                )
                for checkpoint in checkpoints
            ],
            links=[(checkpoint._name, checkpoint.id) for checkpoint in checkpoints],
            note=self.env._(
                "Number and hash of the last sealed entry: whoever keeps them notices "
                "a ledger that was written anew."
            ),
            empty=self.env._("No checkpoint was made in this period."),
        )

    def _get_checkpoints(self, period):
        """Return the checkpoints of a close, and those made on days of its period."""
        own = Domain("period_id", "=", period.id)
        end = period._get_start(period.date_to + timedelta(days=1))
        days = Domain("made_at", ">=", period._get_start(period.date_from))
        days &= Domain("made_at", "<", end)
        return self.env["backflush.checkpoint"].search(
            Domain("company_id", "=", period.company_id.id) & (own | days), order="id"
        )
