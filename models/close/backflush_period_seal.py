# A close seals what it rests on and what it posted, and notes where the chain stands.
# After the close is posted; the checkpoint is printed on its report and mailed.

import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...costing.chain import canonical
from ..seal.backflush_chain_record import to_json
from ..seal.seal_content import FREE_OF_PERIOD, PERIODS


class BackflushPeriod(models.Model):
    _inherit = "backflush.period"

    checkpoint_ids = fields.One2many(
        "backflush.checkpoint",
        "period_id",
        "Checkpoints",
        readonly=True,
        help="Where the sealed ledger stood when this close was posted, and when the "
        "period was closed.",
    )

    last_seal = fields.Integer(
        readonly=True,
        copy=False,
        help="The last seal when this close was posted: it has seen what is sealed up "
        "to there, and nothing else.",
    )

    def _post_close(self):
        """Seal the ledger with what this close posts."""
        chain = self.env["backflush.chain"]._get(self.company_id)
        # From now on, or another sealer could make this close start anew at its end.
        chain.sudo()._lock()
        result = super()._post_close()
        checkpoint = chain._make_checkpoint("close", self)
        # The steps of a close are written by its buttons alone; see GUARDED.
        period = self.sudo()
        period.last_seal = checkpoint.number
        # What was posted just now is sealed by now.
        period._refresh_checks("unsealed", "late")
        return result

    def _get_late_domain(self):
        """What this close has not seen: entries without a seal, or with a later one. An
        entry that was being recorded while the close was posted may have a smaller key
        than the last one of then."""
        if not self.last_seal:
            return super()._get_late_domain()
        later = Domain("company_id", "=", self.company_id.id)
        later &= Domain("number", ">", self.last_seal)
        return Domain("due_ids", "!=", False) | Domain("seal_ids", "any", later)

    def action_close(self):
        """Note where the ledger stands when nothing is added to the period any more."""
        result = super().action_close()
        figures = self._get_figures()
        for period in self:
            chain = self.env["backflush.chain"]._get(period.company_id)
            chain._make_checkpoint("close", period, canonical(figures[period.id]))
        return result

    @api.private
    def _get_figures(self):
        """Return {id: all figures} of closes, as text by table, row and column."""
        self.env.flush_all()
        query = SQL(PERIODS, ids=self.ids, free=list(FREE_OF_PERIOD))
        return dict(self.env.execute_query(query))


class BackflushChain(models.Model):
    _inherit = "backflush.chain"

    def _get_closed_figures(self):
        """Return [(period, figures that its checkpoint noted, figures now)] of closed
        periods, by the last time that each was closed."""
        closed = self.env["backflush.period"].search(
            [("company_id", "=", self.company_id.id), ("state", "=", "closed")],
            order="date_to, id",
        )
        noted = {
            period: checkpoints.sorted("id")[-1:].figures
            for period, checkpoints in self._get_checkpoints()
            .filtered("period_id")
            .grouped("period_id")
            .items()
        }
        now = closed._get_figures()
        found = []
        for period in closed:
            if figures := noted.get(period):
                figures = json.loads(to_json(figures))
                found.append((period, figures, _leave_out_new(figures, now[period.id])))
        return found


def _leave_out_new(noted, now):
    """Return the figures of ``now`` without columns that there were none of when they
    were noted: an upgrade may add some."""
    if not isinstance(noted, dict):
        return now
    return {
        table: {
            key: {name: row[name] for name in row if name in rows.get(key, row)}
            for key, row in found.items()
        }
        for table, found in now.items()
        for rows in (noted.get(table) or {},)
    }
