"""The geometry of the drawings: a ring with its gates, flows through the fence, bars of a fortnight. Pure.

Everything is a number or a path for an inline SVG; the templates add words and classes (UX section 7).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin

from consent.web.words import initials

CENTRE, RADIUS, GAP = (170.0, 130.0), 74.0, 13.0
ANGLES = {1: (-24.0,), 2: (-30.0, 30.0), 3: (-32.0, 20.0, 150.0), 4: (-45.0, 45.0, 135.0, 225.0)}
LABELS_FIT = 6
NARROWEST = 316.0
INNER, INNER_OF_MANY = 46.0, 60.0  # where arrows begin: clear of the words in the middle
NODE, NODE_AT = 19.0, 120.0
LONG_NAME, TALL = 16, 420
LETTER = 6.3  # how wide a letter of a name is at most, on average
HIGH = -0.1  # above this a name stands over its disc: under it the arrows pass


@dataclass(frozen=True, slots=True)
class Gate:
    """One open gate: the partner's disc, its name on the outer side of it, and an arrow for each direction."""

    name: str
    initial: str
    x: str
    y: str
    initial_y: str
    name_y: str
    out_line: str = ""
    out_head: str = ""
    in_line: str = ""
    in_head: str = ""


@dataclass(frozen=True, slots=True)
class Ring:
    box: str
    arcs: tuple[str, ...]
    gates: tuple[Gate, ...]
    named: bool


def ring(partners: Sequence[tuple[str, bool, bool]]) -> Ring:
    """Return the ring for the connected partners, each (name, goes out, comes in)."""
    count = len(partners)
    angles = ANGLES.get(count) or tuple(-90 + 360 * index / count for index in range(count)) if count else ()
    named = count <= LABELS_FIT
    inner = INNER if named else INNER_OF_MANY
    gates = tuple(_gate(*partner, angle, inner) for partner, angle in zip(partners, angles, strict=True))
    sides = [max(24.0, len(gate.name) * LETTER / 2) if named else 24.0 for gate in gates]
    xs = [(float(gate.x) - side, float(gate.x) + side) for gate, side in zip(gates, sides, strict=True)]
    ys = [float(gate.y) for gate in gates]
    names = [float(gate.name_y) for gate in gates] if named else []
    left = min([CENTRE[0] - RADIUS - 24, *(x for x, _ in xs)])
    right = max([CENTRE[0] + RADIUS + 24, *(x for _, x in xs)])
    top = min([CENTRE[1] - RADIUS - 24, *(y - 24 for y in ys), *(y - 16 for y in names)])
    bottom = max([CENTRE[1] + RADIUS + 24, *(y + 24 for y in ys), *(y + 6 for y in names)])
    return Ring(
        f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}", _arcs(sorted(angles)), gates, named
    )


def _gate(name: str, goes_out: bool, comes_in: bool, angle: float, inner: float) -> Gate:
    x, y = _at(angle, NODE_AT)
    both = goes_out and comes_in
    out_line, out_head = _arrow(angle, inner, 92, -6 if both else 0) if goes_out else ("", "")
    in_line, in_head = _arrow(angle, 92, inner, 6 if both else 0) if comes_in else ("", "")
    return Gate(
        name,
        initials(name),
        f"{x:.1f}",
        f"{y:.1f}",
        f"{y + 5:.1f}",
        f"{y - 26 if sin(radians(angle)) < HIGH else y + 35:.1f}",
        out_line,
        out_head,
        in_line,
        in_head,
    )


def _arcs(angles: Sequence[float]) -> tuple[str, ...]:
    """The closed stretches of the ring between its gates."""
    arcs = []
    for index, angle in enumerate(angles):
        following = angles[(index + 1) % len(angles)] + (360 if index == len(angles) - 1 else 0)
        start, end = angle + GAP, following - GAP
        if end <= start:
            continue
        (x1, y1), (x2, y2) = _at(start, RADIUS), _at(end, RADIUS)
        arcs.append(
            f"M{x1:.1f} {y1:.1f}A{RADIUS:.0f} {RADIUS:.0f} 0 {int(end - start > 180)} 1 {x2:.1f} {y2:.1f}"
        )
    return tuple(arcs)


def _arrow(angle: float, start: float, end: float, aside: float) -> tuple[str, str]:
    """A line along the radius from one distance to another, `aside` of it, and its head."""
    way = 1 if end > start else -1
    x1, y1 = _at(angle, start, aside)
    x2, y2 = _at(angle, end - 4 * way, aside)
    tip, left, right = (
        _at(angle, end, aside),
        _at(angle, end - 7 * way, aside - 4),
        _at(angle, end - 7 * way, aside + 4),
    )
    head = " ".join(f"{x:.1f},{y:.1f}" for x, y in (tip, left, right))
    return f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}", head


def _at(angle: float, distance: float, aside: float = 0.0) -> tuple[float, float]:
    turn = radians(angle)
    x = CENTRE[0] + distance * cos(turn) - aside * sin(turn)
    y = CENTRE[1] + distance * sin(turn) + aside * cos(turn)
    return x, y


@dataclass(frozen=True, slots=True)
class Stream:
    """One flow's row: its box on the left, its way to the fence, its gate, open or shut."""

    name: str
    long: bool
    on: bool
    box_y: str
    text_y: str
    line: str
    gate_x: str
    gate_y: str
    shut_x: str
    shut_y: str
    head: str = ""


@dataclass(frozen=True, slots=True)
class Fence:
    """The picture of what moves: two groups of streams through one fence to one partner."""

    height: int
    tall: bool
    fence: str
    outs: tuple[Stream, ...]
    ins: tuple[Stream, ...]
    ins_title_y: int
    middle: int
    arrives: str
    name_y: int


ROW, CLOSE_ROW, FIRST = 46, 40, 44
CROWDED = 10  # streams; then they stand closer together


def fence(outs: Sequence[tuple[str, bool]], ins: Sequence[tuple[str, bool]]) -> Fence:
    """Return the picture for the flows (name, on) going out and coming in."""
    step = ROW if len(outs) + len(ins) <= CROWDED else CLOSE_ROW
    ins_top = FIRST + step * len(outs) + (44 if outs else 0)
    height = max(ins_top + step * len(ins) + (-16 if ins else -40), 170)
    middle = height // 2
    arrives = middle - 20
    return Fence(
        height=height,
        tall=height > TALL,
        fence=f"M206 6Q246 {middle} 206 {height - 6}",
        outs=tuple(
            _out(name, on, FIRST + step * row, height, arrives) for row, (name, on) in enumerate(outs)
        ),
        ins=tuple(
            _in(name, on, ins_top + step * row, height, middle + 6) for row, (name, on) in enumerate(ins)
        ),
        ins_title_y=ins_top - 28,
        middle=middle,
        arrives=f"303,{arrives} 290,{arrives - 6} 290,{arrives + 6}" if any(on for _, on in outs) else "",
        name_y=middle + 40,
    )


def _fence_x(y: float, height: int) -> float:
    along = (y - 6) / (height - 12)
    return 206 + 80 * along * (1 - along)


def _stream(name: str, on: bool, y: int, height: int, line: str, head: str = "") -> Stream:
    x = _fence_x(y, height)
    return Stream(
        name=name,
        long=len(name) > LONG_NAME,
        on=on,
        box_y=str(y - 17),
        text_y=str(y + 5),
        line=line if on else f"M148 {y}H{x - 8:.0f}",
        gate_x=f"{x:.0f}",
        gate_y=str(y),
        shut_x=f"{x - 5:.0f}",
        shut_y=str(y - 10),
        head=head if on else "",
    )


def _out(name: str, on: bool, y: int, height: int, arrives: int) -> Stream:
    x = _fence_x(y, height)
    return _stream(name, on, y, height, f"M148 {y}H{x:.0f}C{x + 44:.0f} {y} 254 {arrives} 292 {arrives}")


def _in(name: str, on: bool, y: int, height: int, leaves: int) -> Stream:
    x = _fence_x(y, height)
    line = f"M302 {leaves}C254 {leaves} {x + 44:.0f} {y} {x:.0f} {y}H160"
    return _stream(name, on, y, height, line, head=f"149,{y} 161,{y - 6} 161,{y + 6}")


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's pair: above the line what went out, below it what came in. A height of "0" is no bar."""

    x: str
    out_y: str
    out_height: str
    in_height: str


def bars(days: Sequence[tuple[int, int]]) -> tuple[Bar, ...]:
    """Return the bars of some days, each (out, in), on one zero-based scale."""
    most = max((max(pair) for pair in days), default=0)
    step, scale = 360 / max(len(days), 1), 55 / most if most else 0.0
    return tuple(
        Bar(
            f"{step * index + step / 2 - 7.5:.1f}",
            f"{68 - out * scale:.1f}",
            f"{out * scale:.1f}",
            f"{in_ * scale:.1f}",
        )
        for index, (out, in_) in enumerate(days)
    )
