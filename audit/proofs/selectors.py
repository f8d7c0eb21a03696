"""Reading the tree: its head, its checkpoints, which entry has which index."""

from audit.proofs.models import Checkpoint, Head, Leaf
from audit.proofs.tree import EMPTY


def head() -> Head:
    """Return how far the tree has grown; a head of nothing before the first entry."""
    return Head.objects.filter(log=1).first() or Head(log=1, size=0, root=EMPTY)


def latest() -> Checkpoint | None:
    """Return the newest checkpoint that was signed."""
    return Checkpoint.objects.order_by("-size").first()


def index_of(entry: int) -> int | None:
    """Return the index of the entry with this number; None while it waits."""
    return Leaf.objects.filter(entry=entry).values_list("index", flat=True).first()


def leaf_of(index: int) -> Leaf | None:
    return Leaf.objects.filter(index=index).first()
