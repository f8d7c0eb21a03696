"""What the database's owner can do to the log, and the question whether it was found."""

from collections import Counter

from django.db import connection

from audit.log import chain
from audit.log.models import Entry, Tally
from audit.proofs import notes, publishing, selectors, signing, store, verification
from audit.proofs.models import Checkpoint, Head, Leaf, Tile, Verification
from audit.proofs.tiles import written
from audit.proofs.tree import Frontier


def at(index: int):
    """The entry at an index, as a row to be changed."""
    return Entry.objects.filter(pk=Leaf.objects.get(index=index).entry)


def edited(index: int) -> bytes:
    return bytes(at(index).get().body).replace(b'"worker"', b'"nobody"')


def found() -> verification.Verdict:
    verdict = verification.verify()
    assert not verdict.ok
    assert verdict.finding
    assert Verification.objects.latest("pk").finding == verdict.finding
    shown = verification.latest()
    assert shown
    assert not shown.ok  # even where the entry about this check cannot be believed any more
    return verdict


def begin_anew(index: int, *, entries_too: bool = False) -> None:
    """Make the database one that never had anything from this index on."""
    gone = list(Leaf.objects.filter(index__gte=index).values_list("entry", flat=True))
    Leaf.objects.filter(index__gte=index).delete()
    Checkpoint.objects.filter(size__gt=index).delete()
    if entries_too:
        Entry.objects.filter(pk__in=gone).delete()
    rows = dict(Entry.objects.values_list("pk", "body"))
    leaves = [chain.leaf_hash(bytes(rows[leaf.entry])) for leaf in Leaf.objects.order_by("index")]
    Tile.objects.all().delete()
    edge = Frontier()
    store.keep(written(edge.extend(leaves), store.read_tile))
    Head.objects.update(size=edge.size, root=edge.root())
    count_again()


def count_again() -> None:
    """Count each day anew, as somebody would who covers their tracks."""
    counts = Counter(
        (f"{at:%Y-%m-%d}", partner, kind, outcome, reason)
        for at, partner, kind, outcome, reason in Entry.objects.filter(
            pk__in=Leaf.objects.values("entry")
        ).values_list("at", "partner", "kind", "outcome", "reason")
    )
    Tally.objects.all().delete()
    for (day, partner, kind, outcome, reason), count in counts.items():
        Tally.objects.create(day=day, partner=partner, kind=kind, outcome=outcome, reason=reason, count=count)


def rechained(index: int, *, public_too: bool) -> None:
    """Edit one entry and write everything after it anew, signed with the log's true key."""
    at(index).update(body=edited(index), leaf=chain.leaf_hash(edited(index)))
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    rows = dict(Entry.objects.values_list("pk", "body"))
    leaves = [chain.leaf_hash(bytes(rows[leaf.entry])) for leaf in Leaf.objects.order_by("index")]
    Tile.objects.all().delete()
    Checkpoint.objects.all().delete()
    edge = Frontier()
    for size in sizes:
        store.keep(written(edge.extend(leaves[edge.size : size]), store.read_tile))
        signed_anew(edge)
    Head.objects.update(size=edge.size, root=edge.root())
    if public_too:
        publishing.publish_tiles(0, edge.size)
        publishing.publish_checkpoint(selectors.latest().note)


def signed_anew(edge: Frontier) -> None:
    made = notes.Checkpoint(signing.origin(), edge.size, edge.root())
    Checkpoint.objects.create(
        size=made.size, root=made.root, note=signing.sign(made), at=Entry.objects.latest("pk").at
    )


def lift_the_triggers() -> None:
    """Take away what refuses to change the log, as the tables' owner can."""
    tables = ("audit_log_entry", "audit_proofs_leaf", "audit_proofs_checkpoint")
    statements = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'")
            statements = [f'DROP TRIGGER "{name}"' for (name,) in cursor.fetchall()]
        for statement in statements:
            cursor.execute(statement)


def allow_forks() -> None:
    """Take away the rule that a size has one checkpoint, as the table's owner can."""
    statements = ["ALTER TABLE audit_proofs_checkpoint DROP CONSTRAINT one_checkpoint_a_size"]
    if connection.vendor == "sqlite":
        columns = "id integer PRIMARY KEY, size bigint, root blob, note text, at datetime"
        statements = [
            "ALTER TABLE audit_proofs_checkpoint RENAME TO unforked",
            f"CREATE TABLE audit_proofs_checkpoint ({columns})",
            "INSERT INTO audit_proofs_checkpoint SELECT id, size, root, note, at FROM unforked",
        ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def loosen(table: str, *columns: str, key: str = "") -> None:
    """Let these columns of a table hold nothing, and its key any value twice, as the table's owner can."""
    statements = [f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey"] if key else []
    _loosen(
        table,
        [*statements, *(f'ALTER TABLE {table} ALTER "{column}" DROP NOT NULL' for column in columns)],
        key,
    )


def loosen_uniqueness(table: str) -> None:
    """Let a table hold the same twice, but for its key."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table)
    unique = [name for name, each in constraints.items() if each["unique"] and not each["primary_key"]]
    _loosen(table, [f"ALTER TABLE {table} DROP CONSTRAINT {name}" for name in unique])


def _loosen(table: str, statements: list[str], key: str = "") -> None:
    """Run them on PostgreSQL; make the table anew without any rule, but for the key, on SQLite."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA table_info({table})")
            rows = ", ".join(
                f'"{name}" integer PRIMARY KEY' if is_key and not key else f'"{name}"'
                for _, name, *_, is_key in cursor.fetchall()
            )
            statements = [
                f"ALTER TABLE {table} RENAME TO {table}_before",
                f"CREATE TABLE {table} ({rows})",
                f"INSERT INTO {table} SELECT * FROM {table}_before",
            ]
        for statement in statements:
            cursor.execute(statement)
