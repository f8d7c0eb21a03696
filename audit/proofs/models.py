"""The tree over the log: which entry has which index, the hashes of its nodes, and every head that was signed.

Leaves and checkpoints are inserted and never changed: the database itself refuses (migration 0002). Tiles and the head
can be computed again from the leaves.
"""

from django.db import models


class Leaf(models.Model):
    """The index of one entry, from 0 without a gap. `entry` is the entry's number in its table, `at` its time."""

    index = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"entry {self.entry} at index {self.index}"


class Tile(models.Model):
    """Up to 256 hashes of one level, side by side (C2SP tlog-tiles). Level 0 holds the leaf hashes."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField(max_length=8192)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="one_tile_a_place")]

    def __str__(self) -> str:
        return f"tile {self.index} of level {self.level}, {len(self.hashes) // 32} wide"


class Head(models.Model):
    """How far the tree has grown. One row; whoever holds its lock is the sequencer."""

    log = models.PositiveSmallIntegerField(primary_key=True)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(log=1), name="there_is_one_log")]

    def __str__(self) -> str:
        return f"{self.size} entries, root {bytes(self.root).hex()[:16]}"


class Checkpoint(models.Model):
    """A head that was signed and published, with the whole signed note (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["size"], name="one_checkpoint_a_size")]

    def __str__(self) -> str:
        return f"checkpoint of {self.size} entries"


class Verification(models.Model):
    """How one check of the whole log ended, which screens show as "last checked". Each is an entry of the log too."""

    at = models.DateTimeField()
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    ok = models.BooleanField()
    finding = models.TextField(blank=True)
    first_bad = models.BigIntegerField(null=True)
    witness = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.size} entries checked, {'whole' if self.ok else 'not whole'}"
