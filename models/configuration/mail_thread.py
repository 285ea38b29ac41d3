# Who only reads a record of this module sends no message about it either: Odoo asks for
# no right to change a document when people are notified about it. Used by every step.

from odoo import models

MODULE = "mrp_account_backflush"


def check_writer(records):
    """Raise `AccessError` for who only reads records of this module; of other records
    Odoo decides."""
    if records._original_module == MODULE:
        records.check_access("write")


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def message_notify(self, **kwargs):
        """Notify people, as Odoo does.

        :raises AccessError: for a reader of a record of this module
        """
        model, key = kwargs.get("model"), kwargs.get("res_id")
        if not self and key and isinstance(model, str) and model in self.env:
            check_writer(self.env[model].browse(key))
        check_writer(self)
        return super().message_notify(**kwargs)

    def message_mail_with_source(self, source_ref, **kwargs):
        """Send mail, as Odoo does.

        :raises AccessError: for a reader of a record of this module
        """
        check_writer(self)
        return super().message_mail_with_source(source_ref, **kwargs)
