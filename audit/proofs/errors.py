"""Why the log stops growing. Entries are still written meanwhile; none is lost: they wait for their index."""


class SequencerStopped(RuntimeError):
    """The sequencer may not go on. The text says what to do; nothing was signed."""


class LogKeyRefused(SequencerStopped):
    """The log's key is missing, cannot be read, or is not the one that signed before."""


class WitnessRefused(SequencerStopped):
    """What is kept outside the database cannot be read, or does not fit what is inside."""
