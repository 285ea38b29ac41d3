"""Bad input over RPC: every public method and every writable field of the module, found
by itself, tried with values that make no sense, as every role.

The answer is a clear error or a correct result: no traceback of this module, nothing
written that cannot be read again, nothing shown to whom it does not belong.
"""

from collections import defaultdict

from freezegun import freeze_time

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from .bad_values import (
    ANYTHING,
    CONTEXTS,
    HTML,
    IDS,
    LEFT_OUT,
    REFERENCES,
    SHOWN_ROWS,
    STRICT,
    VALUES,
    get_family,
    get_frames,
    is_clear,
    is_core,
)
from .close_common import OCTOBER
from .surface import (
    COST,
    SECRET,
    SurfaceCase,
    get_own_fields,
    get_own_models,
    get_public_methods,
)


class TestBadInput(SurfaceCase):
    def setUp(self):
        super().setUp()
        self.core_answers = {}
        self.defects = defaultdict(list)

    def tearDown(self):
        self.assertFalse(
            self.defects,
            "\n".join(f"{key}: {found[:3]}" for key, found in self.defects.items()),
        )
        return super().tearDown()

    def _note(self, error, allowed, *what, strict=False):
        """Note an ``error`` that is neither clear nor Odoo's own.

        :param strict: Odoo's own is not good enough either
        """
        if is_clear(error) or (not strict and is_core(error, allowed)):
            return
        ours, innermost = get_frames(error)
        frame = ours[-1] if ours else innermost
        place = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        key = (type(error).__name__, str(error)[:80], place)
        self.defects[key].append(what)

    # Fields --------------------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_fields_written(self):
        """Every writable field, by the lowest role that writes its model."""
        for model in self._get_written_models():
            user = self._get_writer(model)
            record = user and self._get_record(model, user)
            if not record:
                continue
            for field in self._get_writable_fields(model):
                for value in [*ANYTHING, *VALUES.get(field.type, [])]:
                    strict = field.type in STRICT
                    _answer, error = self._call(
                        user,
                        model,
                        "write",
                        record.ids,
                        {field.name: value},
                        read=record.ids if strict else None,
                    )
                    allowed = set() if strict else self._get_core_answers(field, value)
                    self._note(error, allowed, field, value, strict=strict)

    @mute_logger("odoo.sql_db")
    def test_fields_created(self):
        """The same in new records, and as the form shows them before they are saved."""
        for model in self._get_written_models():
            user = self._get_writer(model)
            record = user and self._get_record(model, user)
            if not record or self.env[model]._transient:
                continue
            vals = record.with_user(user).copy_data()[0]
            for field in self._get_writable_fields(model):
                for value in VALUES.get(field.type, [])[:5]:
                    strict = field.type in STRICT
                    allowed = set() if strict else self._get_core_answers(field, value)
                    wrong = {**vals, field.name: value}
                    for method, args in (
                        ("create", [wrong]),
                        ("onchange", [[], wrong, [field.name], {field.name: {}}]),
                    ):
                        _answer, error = self._call(user, model, method, *args)
                        self._note(error, allowed, field, method, value, strict=strict)

    @mute_logger("odoo.sql_db")
    def test_fields_refused(self):
        """Who may not write a model, or not in this company, writes none of its
        fields."""
        for model in get_own_models(self.env):
            record = self._get_record(model, self.env.user)
            record = record or self._get_record(model, self.users["controller"])
            for role, user in self.users.items():
                own = api.Environment(self.env.cr, user.id, {})[model]
                if not record or own.has_access("write") and role != "stranger":
                    continue
                for field in self._get_writable_fields(model):
                    values = {field.name: False}
                    tries = [
                        ("write", [record.ids, values]),
                        ("web_save", [record.ids, values, {}]),
                        ("create", [values]),
                    ]
                    # In the own company this one may create.
                    for method, args in tries[: 2 if role == "stranger" else 3]:
                        answer, error = self._call(user, model, method, *args)
                        self.assertIsInstance(error, UserError, (role, field, answer))

    def test_defaults(self):
        """What the code alone writes takes no default of a client, neither of a context
        nor of the user's own: no close is posted, no card in force, no file another's
        by being created."""
        user = self.users["controller"]
        guarded = set()
        for model in get_own_models(self.env):
            mine = self.env[model].with_user(user)
            if not hasattr(mine, "_is_guarded"):
                continue
            guarded.add(model)
            names = [name for name in mine._fields if mine._is_guarded(name)]
            wrong = {f"default_{name}": 1 for name in names}
            with freeze_time(OCTOBER):
                before = mine.default_get(names)
                self.assertEqual(mine.with_context(**wrong).default_get(names), before)
        models = ("report", "period", "release", "cost.card", "entry", "entry.line")
        models += ("checkpoint", "verification", "seal", "scenario", "variance.review")
        self.assertLessEqual({f"backflush.{name}" for name in models}, guarded)

    def test_defaults_of_users(self):
        """A file that is none of a report's is not deleted with the report."""
        auditor = self.users["auditor"]
        file = self.env["ir.attachment"].create({"name": "x", "raw": b"x"})
        reports = self.env["backflush.report"].with_user(auditor)
        own = self.env["ir.default"].with_user(auditor).sudo()
        own.set("backflush.report", "attachment_id", file.id, user_id=auditor.id)
        wrong = {"default_attachment_id": file.id, "default_state": "done"}
        report = reports.with_context(**wrong).create({"kind": "ledger"})
        self.assertEqual((report.state, report.attachment_id.ids), ("draft", []))
        report.unlink()
        self.assertTrue(file.exists())

    @mute_logger("odoo.sql_db")
    def test_fields_of_another_company(self):
        """Records of another company are refused where those of the own belong."""
        foreign = self._create_foreign()
        for model in get_own_models(self.env):
            if model in SHOWN_ROWS:
                continue
            user = self._get_writer(model)
            record = user and self._get_record(model, user)
            for field in record and self._get_writable_fields(model) or ():
                wrong = foreign.get(field.comodel_name)
                if not wrong or field.type == "one2many":
                    continue
                value = wrong.id if field.type == "many2one" else [[6, 0, wrong.ids]]
                answer, error = self._call(
                    user, model, "write", record.ids, {field.name: value}
                )
                if not isinstance(error, UserError):
                    self.defects["foreign", repr(error), answer].append(field)

    def _create_foreign(self):
        """Return {model: record of the other company}."""
        account = self.env["account.account"].create(
            {
                "code": "999999",
                "name": "Foreign",
                "account_type": "expense",
                "company_ids": [Command.set(self.other.ids)],
            }
        )
        element = self.env["backflush.cost.element"].create(
            {
                "name": "Foreign",
                "code": "X",
                "kind": "labour",
                "company_id": self.other.id,
            }
        )
        journal = self.env["account.journal"].create(
            {
                "name": "Foreign",
                "code": "X",
                "type": "general",
                "company_id": self.other.id,
            }
        )
        policy = self.env["backflush.policy"].create(
            {"name": "Foreign", "company_id": self.other.id}
        )
        product = self.metal.copy({"company_id": self.other.id})
        return {
            record._name: record
            for record in (account, element, journal, policy, product, self.other)
        }

    def _get_written_models(self):
        """Return the models with fields of this module that somebody writes."""
        return [
            name
            for name in self.env.registry
            if not self.env[name]._abstract
            and get_own_fields(self.env, name)
            and self._get_writable_fields(name)
        ]

    def _get_writable_fields(self, model):
        return [
            field
            for field in get_own_fields(self.env, model)
            if not field.readonly and (field.store or field.inverse)
        ]

    def _get_writer(self, model):
        """Return the first user, from the lowest role, who writes ``model``; of Odoo's
        own models, the administrator."""
        for role in ("auditor", "accountant", "controller"):
            # The rights of a role are those without a context.
            if self.env[model].with_user(self.users[role]).has_access("write"):
                return self.users[role]
        return None if model in get_own_models(self.env) else self.env.user

    def _get_core_answers(self, field, value):
        """Return the types of errors that Odoo's own field of the type answers."""
        key = (field.type, repr(value))
        if key not in self.core_answers:
            answers = set()
            for model, name in REFERENCES[field.type]:
                ids = self.env[model].search([], limit=1).ids
                for method, args in (
                    ("write", [ids, {name: value}]),
                    ("create", [{"name": "x", name: value}]),
                    ("onchange", [[], {name: value}, [name], {name: {}}]),
                ):
                    _answer, error = self._call(self.env.user, model, method, *args)
                    answers.add(get_family(error))
            self.core_answers[key] = answers
        return self.core_answers[key]

    # Methods -------------------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_methods(self):
        """Every public method, as every role, with records that exist and ids that make
        no sense; only those who may see a cost see one."""
        for model in self._get_models_with_methods():
            for role, user in self.users.items():
                record = self._get_record(model, user)
                for method in get_public_methods(self.env, model):
                    if method not in LEFT_OUT:
                        for ids in [record.ids, *IDS]:
                            self._try_method(role, model, method, ids)

    @mute_logger("odoo.sql_db")
    def test_contexts(self):
        """Contexts that make no sense, as the highest role."""
        for model in self._get_models_with_methods():
            user = self.users["controller"]
            record = self._get_record(model, user)
            for context in CONTEXTS:
                for method in get_public_methods(self.env, model):
                    if method not in LEFT_OUT:
                        self._try_method(
                            "controller", model, method, record.ids, context=context
                        )
                self._try_method(
                    "controller",
                    model,
                    "default_get",
                    list(self.env[model]._fields),
                    context=context,
                )

    def _get_models_with_methods(self):
        return [
            name
            for name in self.env.registry
            if not self.env[name]._abstract and get_public_methods(self.env, name)
        ]

    def _try_method(self, role, model, method, ids, **kwargs):
        user = self.users[role]
        answer, error = self._call(user, model, method, ids, **kwargs)
        allowed = self._get_core_id_answers(ids, kwargs)
        self._note(error, allowed, role, model, method, ids, kwargs)
        if role in ("portal", "worker", "stranger"):
            shown = f"{answer} {error}"
            for mark in (f"{COST}", f"{COST:,}", SECRET):
                if mark in shown:
                    self.defects["leak", mark, method].append((role, model, ids))

    def _get_core_id_answers(self, ids, kwargs):
        """Return the types of errors that Odoo's own methods answer to ``ids``."""
        key = repr((ids, kwargs))
        if key not in self.core_answers:
            # `ensure_one` says so of none and of several records.
            answers = {ValueError}
            for method, args in (
                ("read", [ids, ["name"]]),
                ("action_archive", [ids]),
                ("default_get", [["name", "company_id"]]),
            ):
                _answer, error = self._call(
                    self.env.user, "res.partner", method, *args, **kwargs
                )
                answers.add(get_family(error))
            self.core_answers[key] = answers
        return self.core_answers[key]

    # Read only -----------------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_nothing_written(self):
        """Buttons pressed by those who only read change no row of the module, nor
        messages, activities and attachments of its records. Auditors do verify, and
        what they find is kept."""
        before = self._get_state()
        for role in ("portal", "worker", "auditor", "approver", "stranger"):
            for model in get_own_models(self.env):
                user = self.users[role]
                record = self._get_record(model, user)
                for method in get_public_methods(self.env, model):
                    if method not in LEFT_OUT and record:
                        self._call(user, model, method, record.ids, keep=True)
        self.assertEqual(self._get_state(), before)

    def _get_state(self):
        """Return {table: rows, last change, last id} of what is kept."""
        models = [
            self.env[name]
            for name in get_own_models(self.env)
            if not self.env[name]._transient
            and self.env[name]._auto
            and name != "backflush.verification"
        ]
        others = ("mail.message", "mail.activity", "ir.attachment", "account.move")
        models += map(self.env.__getitem__, others)
        self.env.flush_all()
        state = {}
        for model in models:
            # Evidence is never changed, and does not say when it was.
            changed = SQL("MAX(write_date)" if model._log_access else "NULL")
            query = SQL(
                "SELECT COUNT(*), %s, MAX(id) FROM %s",
                *(changed, SQL.identifier(model._table)),
            )
            state[model._table] = self.env.execute_query(query)
        return state

    # Import --------------------------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def test_import(self):
        """Values of a file are read or refused with a message that says why."""
        user = self.users["controller"]
        for model in get_own_models(self.env):
            if self.env[model]._transient or not self.env[model].with_user(
                user
            ).has_access("create"):
                continue
            for field in self._get_writable_fields(model):
                for value in ("nan", "inf", "1e400", "=1+1", "@x", HTML):
                    answer, error = self._call(
                        user, model, "load", [field.name], [[value]]
                    )
                    self._note(error, set(), model, field.name, value)
                    if "Unknown error during import" in answer:
                        self.defects["import", answer[:200], ""].append((field, value))
