"""Who acts by a command: the login that the system knows, whatever the environment says."""

import os
import pwd


def login() -> str:
    """Return the operator's login, or `uid-<number>` where the system has no name for it. It stays in the log."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name[:64]
    except KeyError:
        return f"uid-{os.getuid()}"
