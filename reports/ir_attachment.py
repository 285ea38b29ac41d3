# Files of reports are not indexed for search: a long ledger would be read once more, as
# a whole, and every word of it kept. Last step of a report.

from odoo import api, models

#: Context key: the file that is attached is a report's.
REPORT_FILE = "backflush_report_file"


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _index(self, bin_data, file_type, checksum=None):
        if self.env.context.get(REPORT_FILE):
            return False
        return super()._index(bin_data, file_type, checksum=checksum)
