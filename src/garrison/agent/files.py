"""The agent's own folder: everything in it is its owner's only, and replaced at once."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

DEFAULT = Path("/var/lib/garrison-agent")


def default_folder() -> Path:
    """`$GARRISON_HOST`, else /var/lib/garrison-agent for root and where it is ours, else `~/.garrison-host`."""
    named = os.environ.get("GARRISON_HOST")
    if named:
        return Path(named)
    is_ours = os.geteuid() == 0 or os.access(DEFAULT, os.W_OK)
    return DEFAULT if is_ours else Path.home() / ".garrison-host"


def make_folder(folder: Path) -> None:
    """Make the folder, private."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def write(path: Path, content: bytes) -> None:
    """Replace a file, on the disk before the old one goes."""
    fresh = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)
    holder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(holder)
    finally:
        os.close(holder)


def read(path: Path) -> bytes | None:
    """A file's bytes; None where it is not there."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object; empty where there is none, or none that can be read."""
    try:
        found = json.loads(read(path) or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replace a JSON file."""
    write(path, json.dumps(value, indent=2, sort_keys=True).encode())
