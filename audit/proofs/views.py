"""What anyone may read of the log, without an account: its checkpoint, its hash tiles, its key, and proofs.

After C2SP tlog-tiles. Entries are never among it: hashes tell nothing of them, and whoever asks for a proof has the
entry already.
"""

import re
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from audit.proofs import proving, publishing, selectors, signing, store
from audit.proofs.errors import EntryWaits, LogKeyRefused, NoCheckpoint, NoProof
from audit.proofs.tiles import FULL, HEIGHT, Tile, TileRefused
from audit.proofs.tree import WIDTH, NotInTheTree

SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
LEAF = re.compile(r"[0-9a-f]{64}")
FOR_EVER = "public, max-age=31536000, immutable"
FOR_A_DAY = "public, max-age=86400"  # a partial tile stays what it is, but the full one takes its place


class Misread(ValueError):
    """A parameter makes no sense. `name` is the parameter."""

    def __init__(self, name: str, said: str) -> None:
        super().__init__(said)
        self.name = name


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint, as the published file has it."""
    note = publishing.published()
    if note is None and (newest := selectors.latest()) is not None:
        note = newest.note
    if note is None:
        return _text("No checkpoint was signed yet. Try again in a second.\n", status=404)
    return _text(note)


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The verifier keys, one a line, the one in force first."""
    try:
        return _text("".join(f"{vkey}\n" for vkey in signing.vkeys()))
    except LogKeyRefused:
        return _text("The log has no key yet. Nothing is signed until it has one.\n", status=503)


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """One tile: the published file, or the table where a narrower one than the file is asked for."""
    try:
        asked = Tile.parse(f"tile/{path}")
    except TileRefused as refused:
        raise Http404 from refused
    content = publishing.content(asked) or _stored(asked)
    if len(content) != asked.width * WIDTH:
        raise Http404
    kept = FOR_EVER if asked.width == FULL else FOR_A_DAY
    return HttpResponse(content, content_type="application/octet-stream", headers={"Cache-Control": kept})


@require_safe
def consistency(request: HttpRequest) -> HttpResponse:
    return _answered(lambda: proving.consistency(_needed(request, "old"), _size(request, "new")))


@require_safe
def inclusion(request: HttpRequest) -> HttpResponse:
    return _answered(lambda: proving.leaf_inclusion(_leaf(request), _size(request, "size")))


def _answered(prove: Callable[[], dict[str, object]]) -> HttpResponse:
    try:
        return _json(prove())
    except Misread as misread:
        return _json({"error": str(misread), "parameter": misread.name}, status=422)
    except NotInTheTree:
        return _json({"error": "`old` is not larger than `new`.", "parameter": "old"}, status=422)
    except NoCheckpoint as none:
        return _json({"error": str(none), "size": none.size}, status=422)
    except EntryWaits as waits:
        return _json({"error": str(waits)}, status=404, headers={"Retry-After": "1"})
    except NoProof as none:
        return _json({"error": str(none)}, status=404)


def _needed(request: HttpRequest, name: str) -> int:
    size = _size(request, name)
    if size is None:
        raise Misread(name, f"`{name}` is missing: the number of entries of a signed checkpoint.")
    return size


def _size(request: HttpRequest, name: str) -> int | None:
    told = request.GET.getlist(name)
    if not told:
        return None
    if len(told) > 1 or not SIZE.fullmatch(told[0]):
        raise Misread(name, f"`{name}` is one whole number of entries, without sign or leading zero.")
    return int(told[0])


def _leaf(request: HttpRequest) -> bytes:
    told = request.GET.getlist("leaf")
    if len(told) != 1 or not LEAF.fullmatch(told[0]):
        raise Misread(
            "leaf", "`leaf` is the entry's leaf hash, SHA-256(0x00 || entry), as 64 small hex digits."
        )
    return bytes.fromhex(told[0])


def _stored(asked: Tile) -> bytes:
    """Return a tile out of the table, if the newest checkpoint covers it: nothing is shown that nobody signed for."""
    newest = selectors.latest()
    there = (newest.size >> HEIGHT * asked.level) - asked.number * FULL if newest else 0
    return store.read_tile(asked.level, asked.number, asked.width) if there >= asked.width else b""


def _text(content: str, *, status: int = 200) -> HttpResponse:
    headers = {"Cache-Control": "no-cache"}
    return HttpResponse(content, content_type="text/plain; charset=utf-8", status=status, headers=headers)


def _json(
    content: dict[str, object], *, status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-cache", **(headers or {})})
