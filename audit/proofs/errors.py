"""Why the log stops growing. Entries are still written meanwhile; none is lost: they wait for their index."""


class SequencerStopped(RuntimeError):
    """The sequencer may not go on. The text says what to do; nothing was signed."""


class LogKeyRefused(SequencerStopped):
    """The log's key is missing, cannot be read, or is not the one that signed before."""


class WitnessRefused(SequencerStopped):
    """What is kept outside the database cannot be read, or does not fit what is inside."""


class NoProof(LookupError):
    """There is no proof to give. The text says why, to whoever asked."""


class EntryUnknown(NoProof):
    def __init__(self) -> None:
        super().__init__("The log has no such entry.")


class EntryWaits(NoProof):
    """It will have its index, and a signed checkpoint over it, within a second or so (SR-8.2)."""

    def __init__(self) -> None:
        super().__init__("This entry has no index yet. Try again in a second.")


class NoCheckpoint(NoProof):
    def __init__(self, size: int) -> None:
        super().__init__(
            f"No checkpoint of {size} entries was signed that covers it. Leave the size out for the newest."
        )
        self.size = size
