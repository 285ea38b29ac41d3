"""What of the module can be reached by RPC, found by itself, and who may try it.

A factory in which every model of the module has a record, users of every role, and a
controller of another company. Costs and names carry marks that a leak would show.
"""

import json

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, api, fields
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import new_test_user
from odoo.tools import json_default

from .close_common import OCTOBER, CloseCase

MODULE = "mrp_account_backflush"
GROUP = f"{MODULE}.group_backflush_"
#: Role: groups, from the lowest to the highest.
ROLES = {
    "portal": "base.group_portal",
    "worker": "base.group_user,mrp.group_mrp_user,stock.group_stock_user,"
    "base.group_allow_export",
    "auditor": f"base.group_user,{GROUP}auditor",
    "approver": f"base.group_user,{GROUP}approver",
    "accountant": f"base.group_user,{GROUP}user",
    "controller": f"base.group_user,{GROUP}manager",
}
#: Cost of the metal, and the word in every name that is written here.
COST, SECRET = 4711.19, "Secret"


class Undo(Exception):
    """Raised to take back what a call did."""


def get_own_models(env):
    """Return the names of the models that this module defines, but abstract ones."""
    return sorted(
        name
        for name, model in env.registry.items()
        if model._original_module == MODULE and not model._abstract
    )


def get_own_fields(env, model):
    """Return the fields that this module adds to ``model``."""
    return [f for f in env[model]._fields.values() if f._module == MODULE]


def get_public_methods(env, model):
    """Return the names of the methods of ``model`` that this module defines or extends
    and that RPC may call."""
    own = f"odoo.addons.{MODULE}."
    classes = [c for c in env.registry[model].mro() if c.__module__.startswith(own)]
    names = {
        name
        for cls in classes
        for name, member in vars(cls).items()
        if callable(member) and not isinstance(member, type)
    }
    return sorted(name for name in names if _is_public(env.registry[model], name))


def _is_public(cls, name):
    return not name.startswith("_") and not any(
        getattr(getattr(parent, name, None), "_api_private", False)
        for parent in cls.mro()
    )


class SurfaceCase(CloseCase):
    books_open = unexplained = "bad input is no history of a company"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: cls._create_user(role, groups, cls.company)
            for role, groups in ROLES.items()
        }
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.users["stranger"] = cls._create_user(
            "stranger", ROLES["controller"], cls.other
        )
        # The flows of the test base are methods of a test.
        cls()._seed()
        cls.env.flush_all()

    @classmethod
    def _create_user(cls, login, groups, company):
        return new_test_user(
            cls.env,
            f"{login}_surface",
            groups,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _create_products(cls):
        result = super()._create_products()
        cls.metal.standard_price = COST
        tracked = cls._create_product(
            "Serial Part", cls.category_components, tracking="lot"
        )
        cls.env["stock.lot"].create(
            {"name": "L1", "product_id": tracked.id, "company_id": cls.company.id}
        )
        return result

    # A record of everything ----------------------------------------------------------

    def _seed(self):
        """Let the factory have a record of every model."""
        self.policy.name = f"{SECRET} policy"
        self.company.backflush_approval = True
        self._seed_configuration()
        self._make_and_sell(2, 1, 100.0)
        self._buy(self.metal, 1, COST + 1)
        with freeze_time(OCTOBER):
            self._seed_review()
            self._rollup().action_propose()
        scenario = self._create_any("backflush.scenario", name=f"{SECRET} scenario")
        scenario.change_ids = [
            Command.create(
                {"kind": "price", "product_id": self.metal.id, "percent": 10.0}
            )
        ]
        scenario.action_compute()
        period = self._period()
        period.count_ids = [
            Command.create({"name": f"{SECRET} tag", "material_amount": COST})
        ]
        period.action_preview()
        self.bom.bom_line_ids.product_qty = 2
        self.env["backflush.card.finding"]._run_check(self.company)

    def _seed_configuration(self):
        overhead = self.labour.copy({"name": f"{SECRET} overhead", "code": "OVH"})
        self.policy.overhead_rate_ids = [
            Command.create(
                {
                    "element_id": overhead.id,
                    "base_element_id": self.labour.id,
                    "rate": 0.0,
                }
            )
        ]
        self.workcenter.backflush_rate_ids = [
            Command.create({"element_id": self.labour.id, "rate": 60.0})
        ]
        self.material.variance_account_ids = [
            Command.create({"kind": "price", "account_id": self.account_variance.id})
        ]
        self._rule("price", "prorated")
        year = {"date_from": "2026-01-01", "date_to": "2026-12-31"}
        for model, values in (
            ("backflush.budget", {"element_id": self.labour.id, "amount": COST}),
            (
                "backflush.planned.volume",
                {"product_id": self.table.id, "quantity": 9.0},
            ),
        ):
            self.env[model].create({**values, **year, "company_id": self.company.id})

    def _seed_review(self):
        """An order beyond its tolerance, and its cost statement."""
        self.policy.tolerance_amount = 1
        order = self._produce(1, {self.metal: 9})
        self.env["backflush.variance.review"].action_refresh()
        order.with_user(self.users["accountant"]).action_view_backflush_statement()

    def _rollup(self):
        user = self.users["accountant"]
        return self.env["backflush.rollup"].with_user(user).create({"scope": "all"})

    @classmethod
    def _create_any(cls, model, user=None, **values):
        """Create a record with any valid value in each field that has to have one."""
        model = cls.env[model].with_user(user or cls.env.user)
        defaults = model.default_get(list(model._fields))
        for name, field in model._fields.items():
            needed = field.required and field.store and not field.related
            if needed and name not in values and not defaults.get(name):
                values[name] = cls._get_any(model, field)
        return model.create(values)

    @classmethod
    def _get_any(cls, model, field):
        if field.type == "many2one":
            comodel = model.env[field.comodel_name]
            if comodel._transient:
                return cls._create_any(comodel._name, model.env.user).id
            domain = cls._get_company_domain(comodel, cls.company)
            return comodel.search(domain, limit=1).id
        if field.type == "selection":
            return field.get_values(model.env)[0]
        today = fields.Date.today()
        return {"date": today, "datetime": fields.Datetime.now(), "char": SECRET}.get(
            field.type, 0
        )

    @classmethod
    def _get_company_domain(cls, model, company):
        """Return the domain of the records of ``company``."""
        if "company_id" in model._fields and model._fields["company_id"].store:
            return [("company_id", "in", company.ids)]
        return []

    def _get_record(self, model, user):
        """Return a record of the factory, empty when ``user`` can have none: of a
        dialog one of its own, as nobody sees those of others."""
        model = self.env[model]
        own = api.Environment(self.env.cr, user.id, {})[model._name]
        if model._transient and own.has_access("create"):
            try:
                with self.env.cr.savepoint():
                    return self._create_any(model._name, user)
            except AccessError:
                return model
        domain = self._get_company_domain(model, self.company)
        return model.sudo().search(domain, limit=1).sudo(False)

    # Calls ---------------------------------------------------------------------------

    def _call(self, user, model, method, *args, keep=False, read=None, **kwargs):
        """Call as RPC does; return (answer as text, error).

        :param keep: whether what the call did stays
        :param read: ids of records of ``model`` to read afterwards, in full
        """
        env = api.Environment(self.env.cr, user.id, {})
        answer, error = "", None
        try:
            with self.env.cr.savepoint():
                result = call_kw(env[model], method, list(args), kwargs)
                env.cr.flush()
                if read:
                    result = [result, env[model].browse(read).read()]
                answer = json.dumps(result, default=json_default, allow_nan=False)
                if not keep:
                    raise Undo
        except Undo:
            error = None
        except IntegrityError as violation:
            error = self._translate(env, violation)
        except Exception as raised:
            error = raised
        return answer, error

    @staticmethod
    def _translate(env, violation):
        """Return the error that the server makes of a constraint of the database."""
        name = violation.diag.table_name
        owner = next(
            (m for m, cls in env.registry.items() if cls._table == name), "base"
        )
        message = env[owner]._sql_error_to_message(violation)
        return AccessError(message)
