# The database's own refusal: triggers that keep sealed rows as they are, whoever asks.
# Beside the ORM's refusal, which says what to do instead. Installed with the data of
# the module, again at each upgrade; removed at its removal (hooks.py).
#
# Protected are the columns that the module has when the triggers are installed, so that
# an upgrade may add columns and fill them: it installs the triggers last. A migration
# that must change what is protected says so with `suspended`, which only the owner of
# the tables can do, and which is a change of the schema that the database's log shows.

from contextlib import contextmanager

from psycopg2 import sql

#: Prefix of all that is installed.
PREFIX = "backflush_guard"
#: Columns that the database itself empties when what they point to is deleted.
EMPTIED = {
    "backflush_entry_line": {"operation_id"},
    "backflush_cost_card": {"bom_id"},
    "backflush_cost_card_line": {"operation_id", "bom_line_id", "component_card_id"},
}
#: Technical columns of every table; when a row was recorded is not among them.
TECHNICAL = {"id", "create_uid", "write_uid", "write_date"}
#: What is compared with a release, and where a card stands: kept by other guards.
FREE = {
    "backflush_cost_card": {
        *("state", "release_id", "hash", "sealed_content", "previous_card_id"),
        *("previous_cost", "change", "change_percent", "quantity_on_hand"),
        *("stock_basis", "inventory_effect", "planned_quantity", "planned_effect"),
        *("guard", "guard_key", "guard_message", "guard_confirmed_key"),
    },
    "backflush_period": {"state"},
}
STANDING = "('in_force', 'superseded')"
#: Rows that are never changed at all.
EVIDENCE = (
    *("backflush_seal", "backflush_seal_names", "backflush_checkpoint"),
    *("backflush_verification", "backflush_entry_decision"),
)
#: Rows that no longer change: table and when, of the row before the change.
ROWS = {
    "backflush_entry": "OLD.state = 'posted'",
    "backflush_cost_card": f"OLD.state IN {STANDING}",
    "backflush_period": "OLD.state = 'closed' AND NEW.state = 'closed'",
}
#: A chain grows by its sealer, and in no other way.
SHRINKS = (
    "NEW.company_id <> OLD.company_id OR NEW.number < OLD.number"
    " OR (NEW.number = OLD.number AND NEW.head <> OLD.head)"
)
CARD = ("card_id", "backflush_cost_card", "id", f"state IN {STANDING}")
PERIOD = ("period_id", "backflush_period", "id", "state = 'closed'")
#: Rows that no longer change because of another: by which column, of which table and
#: column it is, and what it must be.
PARTS = {
    "backflush_entry_line": ("entry_id", "backflush_seal", "entry_id", "TRUE"),
    "backflush_cost_card_line": CARD,
    "backflush_cost_card_element": CARD,
    "backflush_period_count": PERIOD,
    "backflush_period_line": PERIOD,
    "backflush_period_disposition": PERIOD,
    "backflush_period_bridge_line": PERIOD,
}

REFUSE = f"""
CREATE OR REPLACE FUNCTION {PREFIX}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed text := '';
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT ' (' || string_agg(key, ', ' ORDER BY key) || ')' INTO changed
          FROM jsonb_each(to_jsonb(OLD)) was JOIN jsonb_each(to_jsonb(NEW)) other
         USING (key)
         WHERE was.value IS DISTINCT FROM other.value;
    END IF;
    RAISE EXCEPTION 'Backflush Costing: % of sealed rows of % is refused%',
        TG_OP, TG_TABLE_NAME, changed
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME,
              HINT = 'What is sealed, in force or closed is never changed.';
END $$;
CREATE OR REPLACE FUNCTION {PREFIX}_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM backflush_seal WHERE entry_id = OLD.id) THEN
        RAISE EXCEPTION 'Backflush Costing: % of sealed entry % is refused',
            TG_OP, OLD.id
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION {PREFIX}_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_key integer; new_key integer; found boolean;
BEGIN
    EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO old_key USING OLD;
    new_key := old_key;
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO new_key USING NEW;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE %I IN ($1, $2) AND %s)',
        TG_ARGV[1], TG_ARGV[2], TG_ARGV[3]) INTO found USING old_key, new_key;
    IF found THEN
        RAISE EXCEPTION 'Backflush Costing: % of row % of % is refused',
            TG_OP, OLD.id, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME,
                  HINT = 'What is sealed, in force or closed is never changed.';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION {PREFIX}_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM added JOIN %I other '
        'ON other.%I = added.%I WHERE %s)',
        TG_ARGV[1], TG_ARGV[2], TG_ARGV[0], TG_ARGV[3]) INTO found;
    IF found THEN
        RAISE EXCEPTION 'Backflush Costing: % into % is refused',
            TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME,
                  HINT = 'What is sealed, in force or closed gets no further rows.';
    END IF;
    RETURN NULL;
END $$;
"""


def install(env):
    """Install the triggers for the columns that the module has now."""
    remove(env.cr)
    env.cr.execute(REFUSE)
    for table in EVIDENCE:
        _add(env.cr, table, "BEFORE UPDATE OR DELETE", "refuse", "ROW")
    for table, when in ROWS.items():
        function = "entry" if table == "backflush_entry" else "refuse"
        changed = _get_changes(env, table)
        if table == "backflush_cost_card":
            changed += (
                " OR (OLD.state = 'superseded' AND NEW.state <> 'superseded')"
                " OR (NEW.state NOT IN " + STANDING + ")"
                " OR (OLD.hash IS NOT NULL AND (OLD.hash, OLD.sealed_content)"
                " IS DISTINCT FROM (NEW.hash, NEW.sealed_content))"
            )
        _add(env.cr, table, "BEFORE UPDATE", function, "ROW", f"{when} AND ({changed})")
        deleted = when.split(" AND NEW")[0]
        _add(env.cr, table, "BEFORE DELETE", function, "ROW", deleted)
    for table, rule in PARTS.items():
        changed = _get_changes(env, table)
        _add(env.cr, table, "BEFORE UPDATE", "part", "ROW", changed, rule)
        _add(env.cr, table, "BEFORE DELETE", "part", "ROW", arguments=rule)
        new = "AFTER INSERT"
        _add(env.cr, table, new, "added", "STATEMENT", arguments=rule)
    _add(env.cr, "backflush_chain", "BEFORE UPDATE", "refuse", "ROW", SHRINKS)
    _add(env.cr, "backflush_chain", "BEFORE DELETE", "refuse", "ROW", "OLD.number > 0")
    for table in (*EVIDENCE, *ROWS, *PARTS, "backflush_chain"):
        _add(env.cr, table, "BEFORE TRUNCATE", "refuse", "STATEMENT")


def _get_changes(env, table):
    """Return the SQL condition that a protected column of a row changes."""
    model = next(model for model in env.values() if model._table == table)
    free, emptied = FREE.get(table, set()), EMPTIED.get(table, set())
    own = [
        name
        for name, field in sorted(model._fields.items())
        if field.store
        and field.column_type
        and (field._module == "mrp_account_backflush" or name == "create_date")
        and name not in free | emptied | TECHNICAL
    ]
    old = ", ".join(f'OLD."{name}"' for name in own)
    new = ", ".join(f'NEW."{name}"' for name in own)
    return " OR ".join(
        [f"ROW({old}) IS DISTINCT FROM ROW({new})"]
        + [
            f'(NEW."{name}" IS NOT NULL AND OLD."{name}" IS DISTINCT FROM NEW."{name}")'
            for name in sorted(emptied)
        ]
    )


def _add(cr, table, moment, function, each, condition=None, arguments=()):
    """Create one trigger; all of it but ``arguments`` are words of this file."""
    name = f"{PREFIX}_{moment.lower().replace(' ', '_')}"
    added = "REFERENCING NEW TABLE AS added " if function == "added" else ""
    when = f"WHEN ({condition}) " if condition else ""
    cr.execute(
        sql.SQL(
            f"CREATE TRIGGER {name} {moment} ON {table} {added}FOR EACH {each} {when}"
            f"EXECUTE FUNCTION {PREFIX}_{function}({{}})"
        ).format(sql.SQL(", ").join(map(sql.Literal, arguments)))
    )


def remove(cr):
    """Remove the triggers and their functions."""
    for function in ("refuse", "entry", "part", "added"):
        name = sql.Identifier(f"{PREFIX}_{function}")
        cr.execute(sql.SQL("DROP FUNCTION IF EXISTS {} CASCADE").format(name))


@contextmanager
def suspended(cr, *tables):
    """Let a migration change rows that are protected. Locks the tables.

    Seals are hashes of what they sealed: a migration that changes it makes every
    verification name it. Columns that are new need none of this.
    """
    for table in tables:
        cr.execute(
            sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table))
        )
    yield
    for table in tables:
        cr.execute(
            sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table))
        )
