"""Reading the environment: every setting's value comes in here, with a clear sentence when it cannot be read."""

import base64
import contextlib
import os
import secrets
import stat
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str) -> str:
    return os.environ.get(name) or default


def boolean(name: str) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "0", "false", "no", "off"}:
        return False
    if value in {"1", "true", "yes", "on"}:
        return True
    raise ImproperlyConfigured(f"{name} is {value!r}. Write 1 or 0.")


def integer(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write a whole number.") from None


def listed(name: str, default: list[str] | None = None) -> list[str]:
    value = os.environ.get(name, "")
    return [part.strip() for part in value.split(",") if part.strip()] if value else list(default or [])


def integers(name: str) -> list[int]:
    try:
        return [int(part) for part in listed(name)]
    except ValueError:
        wrong = os.environ[name]
        raise ImproperlyConfigured(
            f"{name} is {wrong!r}. Write whole numbers, separated by commas."
        ) from None


def optional_secret(name: str, default: str) -> str:
    """Return a secret from `NAME`, else from the file that `NAME_FILE` names, else the default."""
    if not os.environ.get(name) and os.environ.get(f"{name}_FILE"):
        return secret(name, Path(), generate=False)
    return text(name, default)


def secret(name: str, var: Path, *, generate: bool) -> str:
    """Return a secret from `NAME`, else from the file that `NAME_FILE` names, else (demo only) from one made in `var`.

    A key file that others can read is refused (SR-6.3).
    """
    if value := os.environ.get(name):
        return value
    named = os.environ.get(f"{name}_FILE")
    path = Path(named) if named else var / "keys" / name.lower()
    if not named and generate:
        _generate(name, path)
    if not path.exists() or not (named or generate):  # what the demo world made is not for production
        raise ImproperlyConfigured(f"Set {name}, or {name}_FILE to a file that only you can read.")
    if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        raise ImproperlyConfigured(f"Others can read {path}. Run: chmod 600 {path}")
    return path.read_text(encoding="utf-8").strip()


def writable(folder: Path) -> Path:
    """Return a folder that is there and can be written to. Raises ImproperlyConfigured."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        found = False
    else:
        found = os.access(folder, os.W_OK)
    if not found:
        raise ImproperlyConfigured(
            f"Nothing can be written to {folder}. Make it writable, or set RINGFENCE_VAR to another folder."
        )
    return folder


def _generate(name: str, path: Path) -> None:
    if path.exists():
        return
    writable(path.parent)
    fresh = secrets.token_urlsafe(64)
    if name == "RINGFENCE_MASTER_KEYS":
        fresh = f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"
    elif name == "RINGFENCE_LOG_KEY":
        fresh = base64.b64encode(secrets.token_bytes(32)).decode()
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(fresh)
    with contextlib.suppress(FileExistsError):  # another process was first: its key stands
        os.link(draft, path)
    draft.unlink()
