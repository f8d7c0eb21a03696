"""The database's roles, and which of them may do what to which table (SR-8.4): PostgreSQL only.

Six roles. `owner` owns everything and never signs in; `migrate` signs in and becomes it. `app` runs the pages and the
worker, `sequencer` the log's tree and nothing else; `reader` looks at the log; `backup` reads it all. The app may add
to the log and change nothing in it. A table of the log that has no line here is an error, so that none is forgotten.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder

ALL = "SELECT, INSERT, UPDATE, DELETE"
ADD = "SELECT, INSERT"
SEE = "SELECT"
LOG = ("audit_log", "audit_proofs")  # apps whose tables the app may not change at will
SEEN = ("audit_log", "audit_proofs", "audit_exports", "audit_oversight", "audit_web")  # by a reader


@dataclass(frozen=True, slots=True)
class Rights:
    """What the app and the sequencer may do to one table."""

    app: str = SEE
    sequencer: str = ""


RIGHTS: Mapping[str, Rights] = {
    "audit_log.Entry": Rights(app=ADD, sequencer=SEE),
    "audit_log.Waiting": Rights(
        sequencer="SELECT, DELETE"
    ),  # a trigger puts entries in, with the owner's rights
    "audit_log.Tally": Rights(sequencer="SELECT, INSERT, UPDATE"),
    "audit_proofs.Leaf": Rights(sequencer=ADD),
    "audit_proofs.Tile": Rights(sequencer="SELECT, INSERT, UPDATE"),
    "audit_proofs.Head": Rights(sequencer="SELECT, INSERT, UPDATE"),
    "audit_proofs.Checkpoint": Rights(sequencer=ADD),
    "audit_proofs.Verification": Rights(app=ADD),
}
BESIDE = {
    "consent_grants_letting_go": "SELECT, INSERT, DELETE"
}  # no model's: a mark that no commit ever shows
NUMBERS = "audit_log_entry_number"  # from which an entry takes its number
CALLED = "audit_log_prepare_months(date, integer)"  # by the worker: next months' partitions
ASKED = "audit_log_entry_of(uuid)"  # by whoever may look at the log; it reads with its caller's rights
BY_THE_DATABASE = ("audit_log_stand_in_line()", CALLED)  # they run with their owner's rights


class RightsMissing(LookupError):
    """A table of the log is named in no line of RIGHTS."""

    def __init__(self, label: str) -> None:
        super().__init__(f"{label} is a table of the log: say in config/roles.py what the app may do to it.")


def statements(prefix: str = "ringfence", *, schema: str = "public") -> Iterator[str]:
    """Yield the SQL that makes the roles and sets their rights anew, for a transaction of a database's administrator.

    Running it again changes nothing. It names no password: each role that signs in gets its own from the operator.
    """
    names = {
        name: f"{prefix}_{name}" for name in ("owner", "migrate", "app", "sequencer", "reader", "backup")
    }
    yield from _made(names)
    yield from _owned(names["owner"], schema)
    yield from _taken(names, schema)
    yield from _given(names, schema)


def _made(names: Mapping[str, str]) -> Iterator[str]:
    for name, role in names.items():
        may = "NOLOGIN" if name == "owner" else "LOGIN"
        yield (
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
            f"THEN CREATE ROLE {role} {may}; END IF; END $$"
        )
        yield f"ALTER ROLE {role} {may} NOCREATEDB NOCREATEROLE"
    owner = names["owner"]
    yield f"GRANT {owner} TO {names['migrate']}"
    yield f"ALTER ROLE {names['migrate']} SET role TO '{owner}'"
    yield (
        f"DO $$ BEGIN IF NOT pg_has_role(current_user, '{owner}', 'USAGE') "
        f"THEN EXECUTE format('GRANT {owner} TO %I', current_user); END IF; END $$"
    )


def _owned(owner: str, schema: str) -> Iterator[str]:
    """What there is belongs to the owner; partitions that are made later do as well."""
    yield f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {owner}"
    yield f"""DO $$ DECLARE one regclass; BEGIN
  FOR one IN SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = '{schema}'::regnamespace
    AND c.relkind IN ('r', 'p', 'v', 'm') AND pg_get_userbyid(c.relowner) <> '{owner}'
  LOOP EXECUTE format('ALTER TABLE %s OWNER TO {owner}', one); END LOOP; END $$"""  # noqa: S608 (names are ours)
    yield f"""DO $$ DECLARE one regprocedure; BEGIN
  FOR one IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = '{schema}'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE format('ALTER FUNCTION %s OWNER TO {owner}', one);
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one); END LOOP; END $$"""  # noqa: S608 (names are ours)
    for function in BY_THE_DATABASE:  # a temporary table of the same name would otherwise come first
        yield f"ALTER FUNCTION {schema}.{function} SET search_path TO {schema}, pg_temp"


def _taken(names: Mapping[str, str], schema: str) -> Iterator[str]:
    """What was given before is taken back, so that nothing is left of an older list."""
    roles = ", ".join(names[name] for name in ("app", "sequencer", "reader", "backup"))
    yield f"REVOKE ALL ON SCHEMA {schema} FROM PUBLIC, {roles}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {roles}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM PUBLIC, {roles}"
    for function in (CALLED, ASKED):
        yield f"REVOKE ALL ON FUNCTION {schema}.{function} FROM {roles}"
    yield (
        "DO $$ BEGIN EXECUTE format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC, "
        f"{roles}', current_database()); END $$"
    )
    yield f"GRANT USAGE ON SCHEMA {schema} TO {roles}"


def _given(names: Mapping[str, str], schema: str) -> Iterator[str]:
    for label, table in tables().items():
        rights = RIGHTS.get(label, Rights(app=ALL))
        yield f'GRANT {rights.app} ON {schema}."{table}" TO {names["app"]}'
        if rights.sequencer:
            yield f'GRANT {rights.sequencer} ON {schema}."{table}" TO {names["sequencer"]}'
        if label.split(".")[0] in SEEN:
            yield f'GRANT SELECT ON {schema}."{table}" TO {names["reader"]}'
    for table, given in beside().items():
        yield f'GRANT {given} ON {schema}."{table}" TO {names["app"]}'
    yield f"GRANT USAGE ON SEQUENCE {schema}.{NUMBERS} TO {names['app']}"
    yield f"GRANT EXECUTE ON FUNCTION {schema}.{CALLED} TO {names['app']}"
    yield f"GRANT EXECUTE ON FUNCTION {schema}.{ASKED} TO {names['app']}, {names['reader']}"
    for what in ("TABLES", "SEQUENCES"):
        yield f"GRANT SELECT ON ALL {what} IN SCHEMA {schema} TO {names['backup']}"
        yield (
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {names['owner']} IN SCHEMA {schema} "
            f"GRANT SELECT ON {what} TO {names['backup']}"
        )


def tables() -> dict[str, str]:
    """Return every table of the models, by its model. Raises RightsMissing for one of the log that has no line."""
    found = {
        model._meta.label: model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    for label in found:
        if label.split(".")[0] in LOG and label not in RIGHTS:
            raise RightsMissing(label)
    return found


def beside() -> dict[str, str]:
    """Return the tables that are no model's, with what the app may do to them."""
    found = {
        **BESIDE,
        MigrationRecorder.Migration._meta.db_table: SEE,
    }  # /readyz asks whether a migration is missing
    cache = settings.CACHES["default"]
    if cache["BACKEND"].endswith("DatabaseCache"):
        found[cache["LOCATION"]] = ALL
    return found
