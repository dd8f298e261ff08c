"""Where bundles come from: the control plane, or a file."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from garrison.errors import OperatorError


class Away(OperatorError):
    """The source has no bundle to give now: it cannot be reached, or refuses."""

    def __init__(self, cause: str, remedy: str = "See that it runs, and that this host reaches it.") -> None:
        super().__init__(cause, remedy)


class Source(Protocol):
    """Gives a web ACL's bundle."""

    @property
    def name(self) -> str:
        """What logs call it."""

    @property
    def is_near(self) -> bool:
        """Whether it is of this machine, so that asking it first costs no wait."""

    def fetch(self, known: str) -> bytes | None:
        """The bundle as JSON, None where it is still the one whose digest is `known`; raises `Away`."""

    def forget(self) -> None:
        """Let go of connections: the process was forked."""


class FileSource:
    """A bundle in a file, read anew when the file changes."""

    is_near = True

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._read: tuple[int, int, int] | None = None
        self.name = str(path)

    def fetch(self, known: str) -> bytes | None:
        """The file's bytes, if it has changed or nothing is known of it."""
        try:
            found = self._path.stat()
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
            if known and seen == self._read:
                return None
            data = self._path.read_bytes()
        except OSError as problem:
            raise Away(f"{self._path} cannot be read: {problem.strerror}.", "Write it: garrison waf export.") from None
        self._read = seen
        return data

    def forget(self) -> None:
        """There is nothing to let go of."""
