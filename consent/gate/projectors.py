"""One generated projector for each flow and kind of document: what `projection.project` says, ten times as fast. Pure.

The code is written from names of the vocabulary, as literals, and from nothing else; no value of a document and no word
of a partner ever gets into it. Documents that hold all that a flow carries take the short way, one literal; every other
one takes the careful way, name by name. `from_json` reads a stored body and never even builds what is not declared.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec

from consent.gate.projection import SAMPLE, Fields, Read, Tree, project, rows_of, thinned, tree_of, value_of
from consent.manifests.shapes import Granularity
from records.vocabulary.shapes import DocumentKind, Value

FLAT: Final = frozenset({str, int, float, bool})
_Flat = str | int | float | bool | None | msgspec.UnsetType


class Projector:
    """The projection of one kind onto some of its paths. Call it with a document's fields."""

    __slots__ = ("_decoder", "_granularity", "_kind", "_narrow", "_paths", "_read")

    def __init__(self, kind: DocumentKind, paths: Collection[str], granularity: Granularity) -> None:
        declared, envelope = tree_of(kind, paths), tree_of(kind, kind.envelope, envelope=True)
        self._kind, self._granularity, self._paths = kind, granularity, frozenset(paths)
        self._read: Read = _compiled(kind.name, declared, envelope)
        self._narrow: Read | None = None
        if _is_flat(declared) and declared:
            row, self._narrow = _narrow(kind.name, declared, envelope)
            whole = msgspec.defstruct("Rows", [("rows", list[row])]) if kind.series else row  # type: ignore[valid-type]
            self._decoder: Any = msgspec.json.Decoder(whole)

    def __call__(self, fields: Fields) -> dict[str, Any] | None:
        """Return what may leave of a document, or None when that is nothing."""
        if self._kind.series and "rows" in fields:
            return rows_of(fields["rows"], self._read, self._kind.day, self._granularity)
        return self._read(fields)

    def from_json(self, body: bytes) -> dict[str, Any] | None:
        """Return the same from a stored body; the reader skips what is not declared, so it never becomes a value."""
        if self._narrow is not None:
            try:
                return self._narrowed(self._decoder.decode(body))
            except (msgspec.MsgspecError, _Careful):
                pass  # a value is absent or of another shape: the careful way knows what to do
        return self(json.loads(body))

    def _narrowed(self, found: Any) -> dict[str, Any] | None:
        read: Any = self._narrow
        if not self._kind.series:
            return read(found)  # type: ignore[no-any-return]
        rows = thinned([read(row) for row in found.rows], self._kind.day, self._granularity)
        return {"rows": rows} if rows else None

    def readable(self, fields: Fields) -> dict[str, Any] | None:
        """Return what the readable definition says: for tests and for whoever doubts."""
        return project(fields, kind=self._kind, paths=self._paths, granularity=self._granularity)


class _Careful(Exception):
    """Not every declared value is there in its plain form."""


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
    flat = [name for name, leaf in {**envelope, **declared}.items() if leaf is not Value.SAMPLE]
    samples = [name for name, leaf in declared.items() if leaf is Value.SAMPLE]
    lines = ["def read(fields):", "    try:"]
    lines += [f"        out = {{{', '.join(f'{name!r}: fields[{name!r}]' for name in flat)}}}"]
    lines += [f"        s{index} = fields[{name!r}]" for index, name in enumerate(samples)]
    lines += ["    except KeyError:", "        return careful(fields)"]
    lines += ["    if not all_flat(map(type, out.values())): return careful(fields)"]
    for index, name in enumerate(samples):
        lines += [f"    if type(s{index}) is not dict or s{index}.keys() != SAMPLE: return careful(fields)"]
        lines += [f"    out[{name!r}] = s{index}"]
    return [*lines, "    return out"]


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


def _narrow(kind: str, declared: Tree, envelope: Tree) -> tuple[Any, Any]:
    """Return a struct that has the declared fields alone, and what turns one into what may leave."""
    names = list({**envelope, **declared}.items())
    sample = msgspec.defstruct("Sample", [(name, Any) for name in sorted(SAMPLE)])
    fields: list[Any] = [
        (f"f{at}", sample if leaf is Value.SAMPLE else _Flat) for at, (_, leaf) in enumerate(names)
    ]
    renamed = {f"f{at}": name for at, (name, _) in enumerate(names)}
    struct = msgspec.defstruct("Narrow", fields, rename=renamed)
    flat = ", ".join(
        f"{name!r}: found.f{at}" for at, (name, leaf) in enumerate(names) if leaf is not Value.SAMPLE
    )
    lines = ["def read(found):", f"    out = {{{flat}}}"]
    lines += ["    if not all_flat(map(type, out.values())): raise Careful"]
    for at, (name, leaf) in enumerate(names):
        if leaf is Value.SAMPLE:
            members = ", ".join(f"{member!r}: found.f{at}.{member}" for member in sorted(SAMPLE))
            lines += [f"    out[{name!r}] = {{{members}}}"]
    return struct, _run(kind, [*lines, "    return out"], declared, envelope)["read"]


def _run(kind: str, lines: list[str], *trees: Tree) -> dict[str, Any]:
    if not all(map(_is_name, _names(*trees))):
        raise ValueError(f"The vocabulary names a field of {kind} in letters that no projector is made of.")
    known: dict[str, Any] = {value.name: value for value in Value}
    known |= {"FLAT": FLAT, "SAMPLE": SAMPLE, "Mapping": Mapping, "value_of": value_of, "Careful": _Careful}
    known["all_flat"] = FLAT.issuperset
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
