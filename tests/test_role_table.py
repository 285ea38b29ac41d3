"""The table of rights in readme/ROLES.md is what the access rights say, and a
production worker sees no cost of this module on any way.
"""

import re

from odoo.exceptions import AccessError
from odoo.tools import file_open

from .surface import (
    COST,
    MODULE,
    ROLES,
    SECRET,
    SurfaceCase,
    get_own_fields,
    get_own_models,
)

OPERATIONS = {"read": "R", "write": "W", "create": "C", "unlink": "D"}
COLUMNS = ("worker", "auditor", "approver", "accountant", "controller")
#: Models of this module that everybody reads, and why.
OPEN_MODELS = {"backflush.policy": "every document asks it for its rules; no amounts"}
#: Fields of this module that everybody reads, on models that everybody reads, and why.
OPEN_FIELDS = {
    "mrp.bom.line": {
        "backflush_scrap": "a percentage of the bill of materials",
        "backflush_mix_group": "which components take each other's place",
    },
    "mrp.workorder": {
        "backflush_hours": "hours that the worker has recorded",
        "backflush_setups": "set-ups that the worker has counted",
    },
    "product.category": {"backflush_policy_id": "every document asks for its rules"},
    "product.template": {"backflush_free": "a mark of the product, no amount"},
    "product.product": {"backflush_free": "a mark of the product, no amount"},
    "res.company": dict.fromkeys(
        (
            "backflush_approval",
            "backflush_close_approval",
            "backflush_close_journal_id",
            "backflush_close_cogs_account_id",
            "backflush_adjustment_rip_account_id",
            "backflush_adjustment_fg_account_id",
            "backflush_close_date",
            "backflush_bridge_account_id",
            "backflush_bridge_result_account_id",
            "backflush_bridge_threshold",
            "backflush_auditor_email",
        ),
        "a setting that documents ask for; no cost",
    ),
}


class TestRoleTable(SurfaceCase):
    def _get_rights(self, model, role):
        """Return the rights of ``role`` as in ``RWCD``; a dash for none."""
        records = self.env[model].with_user(self.users[role])
        granted = (
            letter
            for operation, letter in OPERATIONS.items()
            if records.has_access(operation)
        )
        return "".join(granted) or "–"

    def test_table(self):
        """One row a model, one column a role."""
        with file_open(f"{MODULE}/readme/ROLES.md") as readme:
            rows = re.findall(r"^\| .*`(backflush\.[\w.]+)`.*$", readme.read(), re.M)
            readme.seek(0)
            text = readme.read()
        expected = [self._get_row(model) for model in get_own_models(self.env)]
        missing = [row for row in expected if row not in text]
        self.assertFalse(missing, "\n".join(["Put into readme/ROLES.md:", *missing]))
        self.assertEqual(sorted(rows), get_own_models(self.env))

    def _get_row(self, model):
        description = self.env["ir.model"]._get(model).with_context(lang="en_US").name
        rights = (self._get_rights(model, role) for role in COLUMNS)
        return f"| {description} (`{model}`) | {' | '.join(rights)} |"

    def test_portal(self):
        """Portal users have no right to anything of this module."""
        for model in get_own_models(self.env):
            self.assertEqual(self._get_rights(model, "portal"), "–", model)

    def test_dialogs_are_own(self):
        """What a dialog holds is seen by who opened it, not by a colleague with the
        same rights."""
        user = self.users["controller"]
        colleague = self._create_user("second", ROLES["controller"], self.company)
        for model in get_own_models(self.env):
            if self.env[model]._transient:
                ids = self._get_record(model, user).ids
                for reader in (colleague, self.users["stranger"]):
                    answer, error = self._call(reader, model, "read", ids, ["id"])
                    if ids:
                        self.assertIsInstance(error, AccessError, (model, answer))

    def test_statement_is_shown_only(self):
        """The cost statement of an order has the figures of the ledger: a controller
        changes none of them, and one of another company opens none."""
        controller, stranger = self.users["controller"], self.users["stranger"]
        order = self.env["backflush.variance.review"].search([]).production_id[:1]
        opened = order.with_user(controller).action_view_backflush_statement()
        statement = self.env[opened["res_model"]].browse(opened["res_id"])
        for records in (statement, statement.line_ids):
            error = self._call(
                *(controller, records._name, "write"),
                *(records.ids, {"variance": 0.0}),
            )[1]
            self.assertIsInstance(error, AccessError, records)
        with self.assertRaises(AccessError):
            order.with_user(stranger).action_view_backflush_statement()

    def test_rows_of_one_company(self):
        """Every model with a company has a rule for it: a controller of another
        company finds nothing."""
        stranger = self.env(
            user=self.users["stranger"],
            context={"allowed_company_ids": self.other.ids},
        )
        for model in get_own_models(self.env):
            if not self.env[model]._transient and "company_id" in self.env[model]:
                found = stranger[model].search([]).company_id
                self.assertLessEqual(found, self.other, model)


class TestWorkerSeesNoCost(SurfaceCase):
    def setUp(self):
        super().setUp()
        self.worker = self.users["worker"]

    def _get_readable(self):
        """Return the models with fields of this module that the worker reads."""
        return [
            self.env[name].with_user(self.worker)
            for name in self.env.registry
            if get_own_fields(self.env, name)
            and not self.env[name]._abstract
            and self.env[name].with_user(self.worker).has_access("read")
        ]

    def test_models(self):
        own = set(get_own_models(self.env))
        readable = {model._name for model in self._get_readable()} & own
        self.assertEqual(readable, set(OPEN_MODELS))

    def test_fields(self):
        """A field of this module is closed to the worker, or known to show no cost."""
        for model in self._get_readable():
            if model._name in OPEN_MODELS:
                continue
            seen = {
                field.name
                for field in get_own_fields(self.env, model._name)
                if model._has_field_access(field, "read")
            }
            self.assertLessEqual(
                seen, set(OPEN_FIELDS.get(model._name, ())), model._name
            )

    def test_closed_fields(self):
        """Not read, searched, sorted, grouped or exported."""
        for model in self._get_readable():
            record = model.sudo().search([], limit=1).sudo(False)
            for field in get_own_fields(self.env, model._name):
                if not model._has_field_access(field, "read"):
                    self._check_closed(record, field.name)

    def _check_closed(self, record, name):
        closed, path = [(name, "!=", False)], [(f"{name}.id", ">", 0)]
        for method, args in (
            ("read", [record.ids, [name]]),
            ("web_read", [record.ids, {name: {}}]),
            ("export_data", [record.ids or [1], [name]]),
            ("search_read", [closed, ["id"]]),
            ("search_count", [path]),
            ("search", [[], 0, 1, name]),
            ("formatted_read_group", [[], [name], ["__count"]]),
            ("formatted_read_group", [[], [], [f"{name}:max"]]),
        ):
            answer, error = self._call(self.worker, record._name, method, *args)
            # Core says that a field without a column cannot be sorted or grouped by.
            with self.subTest(model=record._name, field=name, method=method):
                self.assertIsInstance(error, (AccessError, ValueError), answer)

    def test_open_model(self):
        """What a worker reads of a policy, field by field, has no amount in it; ways
        from it to costs are closed."""
        policy = self.policy.with_user(self.worker)
        for name in policy._fields:
            answer, _error = self._call(
                self.worker, policy._name, "read", policy.ids, [name]
            )
            self.assertNotIn(str(COST), answer, name)
        closed = set(get_own_models(self.env)) - set(OPEN_MODELS)
        for field in policy._fields.values():
            if field.comodel_name in closed and field.store:
                with self.assertRaises(AccessError, msg=field.name):
                    policy.search([(f"{field.name}.create_date", "!=", False)])

    def test_views(self):
        """Views for the worker name no field that is closed to it."""
        for model in self._get_readable():
            kinds = [(False, kind) for kind in ("form", "list", "search")]
            arch = str(model.get_views(kinds)["views"])
            for field in get_own_fields(self.env, model._name):
                if not model._has_field_access(field, "read"):
                    self.assertNotIn(f'name="{field.name}"', arch)

    def test_chatter(self):
        """Messages that the worker reads hold no cost and no limit of it."""
        category = self.category_finished.with_context(tracking_disable=False)
        category.backflush_cost_ceiling = 99 * COST
        self.env.cr.flush()
        self.assertTrue(category.message_ids.tracking_value_ids)
        messages = self.env["mail.message"].with_user(self.worker).search([])
        shown = str([*messages.mapped("body"), *map(self._get_shown_values, messages)])
        for mark in (COST, 99 * COST):
            self.assertNotIn(str(mark), shown)
        self.assertFalse(
            messages.filtered(lambda m: m.model in get_own_models(self.env)).filtered(
                lambda m: m.model not in OPEN_MODELS
            )
        )

    def _get_shown_values(self, message):
        tracked = message.sudo().tracking_value_ids
        return tracked._filter_has_field_access(message.env)._tracking_value_format()

    def test_refusals(self):
        """What blocks the worker names no cost."""
        self.journal.active = False
        order = self._order(1)
        self._set_produced(order, 1)
        _answer, error = self._call(
            self.worker, "mrp.production", "button_mark_done", order.ids
        )
        self.assertIn("journal", str(error).lower())
        self.assertNotRegex(str(error), r"\d+\.\d\d")


class TestReferences(SurfaceCase):
    def test_marks(self):
        """The marks that other tests look for are there to be found."""
        answer, error = self._call(
            self.users["auditor"], "backflush.cost.card", "read", self.card.ids
        )
        self.assertFalse(error)
        self.assertIn(str(COST), answer)
        self.assertIn(SECRET, self.policy.name)
        self.assertEqual(list(self.users), [*ROLES, "stranger"])
