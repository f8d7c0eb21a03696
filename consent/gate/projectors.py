"""One generated projector for each flow and kind of document: what `projection.project` says, ten times as fast. Pure.

The code is written from names of the vocabulary, as literals, and from nothing else; no value of a document and no word
of a partner ever gets into it. Documents that hold all that a flow carries take the short way, one literal; every other
one takes the careful way, name by name. `from_json` reads a stored body and never even builds what is not declared.
"""

import json
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, Final, TypedDict

import msgspec

from consent.gate.projection import SAMPLE, Fields, Read, Tree, project, rows_of, thinned, tree_of, value_of
from consent.manifests.shapes import Granularity
from records.vocabulary.shapes import DocumentKind, Value

FLAT: Final = frozenset({str, int, float, bool})
FromJson = Callable[[bytes], dict[str, Any] | None]
_object: Any = TypedDict  # called, it makes the type of an object
# Every other value is a text.
_PLAIN: Final = {Value.INTEGER: int | float, Value.NUMBER: int | float, Value.BOOLEAN: bool}


class Projector:
    """The projection of one kind onto some of its paths: of a document's fields, and of its stored body."""

    __slots__ = ("_definition", "from_json", "project")

    def __init__(self, kind: DocumentKind, paths: Collection[str], granularity: Granularity) -> None:
        declared, envelope = tree_of(kind, paths), tree_of(kind, kind.envelope, envelope=True)
        read = _compiled(kind.name, declared, envelope)
        self.project: Read = _row_by_row(read, kind.day, granularity) if kind.series else read
        self.from_json: FromJson = _from_json(kind, declared, envelope, granularity, self.project)
        self._definition = partial(project, kind=kind, paths=frozenset(paths), granularity=granularity)

    def readable(self, fields: Fields) -> dict[str, Any] | None:
        """Return what the readable definition says: for tests and for whoever doubts."""
        return self._definition(fields)


def _row_by_row(read: Read, when: str, granularity: Granularity) -> Read:
    def of_series(fields: Fields) -> dict[str, Any] | None:
        return rows_of(fields["rows"], read, when, granularity) if "rows" in fields else read(fields)

    return of_series


def _from_json(
    kind: DocumentKind, declared: Tree, envelope: Tree, granularity: Granularity, careful: Read
) -> FromJson:
    """Return what reads a stored body. A value that is absent or of another shape takes the careful way."""
    if not declared or not _is_flat(declared):
        return lambda body: careful(json.loads(body))
    narrow: Any = _narrow({**envelope, **declared})
    whole: Any = _object("Rows", {"rows": list[narrow]}) if kind.series else narrow
    decode = msgspec.json.Decoder(whole).decode

    def read(body: bytes) -> dict[str, Any] | None:
        try:
            return decode(body)  # type: ignore[no-any-return]
        except msgspec.MsgspecError:
            return careful(json.loads(body))

    def read_series(body: bytes) -> dict[str, Any] | None:
        try:
            rows = thinned(decode(body)["rows"], kind.day, granularity)
        except msgspec.MsgspecError:
            return careful(json.loads(body))
        return {"rows": rows} if rows else None

    return read_series if kind.series else read


def _narrow(leaves: Tree) -> Any:
    """Return the type of an object that has these fields alone, each there and plain; a reader skips all others."""
    sample = _object("Sample", dict.fromkeys(sorted(SAMPLE), Any))
    fields = {
        name: sample if leaf is Value.SAMPLE else _PLAIN.get(leaf, str) for name, leaf in leaves.items()
    }
    return _object("Narrow", fields)


def _is_flat(tree: Tree) -> bool:
    return all(isinstance(node, Value) and node is not Value.STRINGS for node in tree.values())


def _compiled(kind: str, declared: Tree, envelope: Tree) -> Read:
    """Write the two ways down as Python and compile them."""
    lines = ["def careful(fields):", "    out = {}", *_careful(declared, "fields", "out", 1)]
    lines += ["    if not out: return None", "    head = {}", *_careful(envelope, "fields", "head", 1)]
    lines += ["    head.update(out)", "    return head"]
    if not declared:
        lines += ["def read(fields): return None"]
    elif _is_flat(declared):
        lines += _short(declared, envelope)
    else:
        lines += ["read = careful"]
    return _run(kind, lines, declared, envelope)["read"]  # type: ignore[no-any-return]


def _short(declared: Tree, envelope: Tree) -> list[str]:
    """Write the short way: every value is there and plain, and one literal holds them."""
    names = list({**envelope, **declared}.items())
    lines = ["def read(fields):", "    try:"]
    lines += [f"        v{at} = fields[{name!r}]" for at, (name, _) in enumerate(names)]
    lines += ["    except KeyError:", "        return careful(fields)"]
    plain = " and ".join(
        f"type(v{at}) is dict and v{at}.keys() == MEMBERS" if leaf is Value.SAMPLE else f"type(v{at}) in FLAT"
        for at, (_, leaf) in enumerate(names)
    )
    literal = ", ".join(f"{name!r}: v{at}" for at, (name, _) in enumerate(names))
    return [*lines, f"    if {plain}:", f"        return {{{literal}}}", "    return careful(fields)"]


def _careful(tree: Tree, source: str, target: str, depth: int) -> list[str]:
    pad, lines = "    " * depth, []
    for name, node in tree.items():
        key, place = name.removesuffix("[]"), f"v{depth}"
        lines += [f"{pad}{place} = {source}.get({key!r})"]
        if isinstance(node, Value):
            lines += [f"{pad}if type({place}) not in FLAT: {place} = value_of({place}, {node.name})"]
            lines += [f"{pad}if {place} is not None: {target}[{key!r}] = {place}"]
            continue
        inner = f"n{depth}"
        if name.endswith("[]"):
            lines += [
                f"{pad}{inner} = []",
                f"{pad}for item in ({place} if isinstance({place}, list) else ()):",
            ]
            lines += [f"{pad}    if isinstance(item, Mapping):", f"{pad}        inside = {{}}"]
            lines += [*_careful(node, "item", "inside", depth + 2)]
            lines += [f"{pad}        if inside: {inner}.append(inside)"]
        else:
            lines += [f"{pad}{inner} = {{}}", f"{pad}if isinstance({place}, Mapping):"]
            lines += [*_careful(node, place, inner, depth + 1)]
        lines += [f"{pad}if {inner}: {target}[{key!r}] = {inner}"]
    return lines


def _run(kind: str, lines: list[str], *trees: Tree) -> dict[str, Any]:
    if not all(map(_is_name, _names(*trees))):
        raise ValueError(f"The vocabulary names a field of {kind} in letters that no projector is made of.")
    known: dict[str, Any] = {value.name: value for value in Value}
    known |= {"FLAT": FLAT, "MEMBERS": SAMPLE, "Mapping": Mapping, "value_of": value_of}
    exec(compile("\n".join(lines), f"<projector of {kind}>", "exec"), known)  # noqa: S102 (names of the vocabulary only)
    return known


def _names(*trees: Tree) -> list[str]:
    found: list[str] = []
    for tree in trees:
        for name, node in tree.items():
            found += [name] if isinstance(node, Value) else [name, *_names(node)]
    return found


def _is_name(name: str) -> bool:
    return name.removesuffix("[]").isidentifier() and name.isascii()
