# Demo data made by real documents; XML can only call models. Nothing else is here.

from odoo import api, models

from . import factory


class BackflushDemo(models.AbstractModel):
    _name = "backflush.demo"
    _description = "Backflush Costing Demo Data"

    @api.model
    def _load(self):
        """Create the demo factory, once."""
        factory.load(self.env)
