"""The host as the checks see it: its root file system, each file read once, and its inventory."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from garrison.scan.benchmarks.outcome import Unreadable
from garrison.scan.inventory.facts import Inventory, Package
from garrison.scan.roots.root import MOST_UNREAD, Entry, Kind, Root, Unread

MOST_SETTINGS_BYTES = 4 * 1024 * 1024
"""Of one configuration file."""
MOST_KERNEL_BYTES = 64 * 1024
"""Of one file that the kernel makes up under /proc/sys: it sets aside as much as is asked for."""
MOST_LINE = 16 * 1024
"""Characters of one line; the rest of a longer one is not looked at, so that no pattern runs over it."""
MOST_MATCHES = 4_096
"""Files that one wildcard may name."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and where it stands."""

    value: str
    place: str
    """`/etc/ssh/sshd_config:12`."""


class Host:
    """Reads a root for checks. What is absent is None or nothing; what is there and cannot be read raises `Unreadable`."""

    def __init__(self, root: Root, inventory: Inventory) -> None:
        self.root = root
        self.inventory = inventory
        self.packages: dict[str, Package] = {
            package.name: package for package in inventory.packages if package.ecosystem in ("deb", "rpm", "apk")
        }
        self._lines: dict[str, tuple[str, ...] | Unreadable | None] = {}
        self._globs: dict[str, list[str]] = {}
        self._made: dict[object, object] = {}

    @property
    def is_live(self) -> bool:
        """Whether /proc and /sys tell of the running system."""
        return self.root.is_live

    def once(self, make: Callable[[Host], Found]) -> Found:
        """What a reader makes of this host, made the first time somebody asks."""
        if make not in self._made:
            try:
                self._made[make] = make(self)
            except Unreadable as unreadable:
                self._made[make] = unreadable
        made = self._made[make]
        if isinstance(made, Unreadable):
            raise made
        return made  # type: ignore[return-value]  # kept under the function that made it

    def lines(self, path: str) -> tuple[str, ...] | None:
        """A text file's lines, each cut at `MOST_LINE`; None where there is no such file."""
        if path not in self._lines:
            try:
                self._lines[path] = self._read(path)
            except Unreadable as unreadable:
                self._lines[path] = unreadable
        found = self._lines[path]
        if isinstance(found, Unreadable):
            raise found
        return found

    def _read(self, path: str) -> tuple[str, ...] | None:
        most = MOST_KERNEL_BYTES if path.startswith(("/proc/sys/", "/sys/")) else MOST_SETTINGS_BYTES
        data = self._ask(lambda: self.root.read(path, most=most))
        if data is None:
            return None
        return tuple(line.rstrip("\r")[:MOST_LINE] for line in data.decode("utf-8", "replace").split("\n"))

    def stat(self, path: str, *, follow: bool = True) -> Entry | None:
        """What lies there."""
        return self._ask(lambda: self.root.stat(path, follow=follow))

    def is_there(self, path: str) -> bool:
        """Whether anything lies there."""
        return self.stat(path) is not None

    def is_file(self, path: str) -> bool:
        """Whether a regular file lies there, or a link leads to one."""
        return (entry := self.stat(path)) is not None and entry.kind is Kind.FILE

    def left_out(self, path: str, reason: str) -> NoReturn:
        """What is not read might be what a check is about."""
        raise Unreadable(f"{path}: {reason}")

    def names(self, folder: str) -> list[str]:
        """The names in a folder, sorted; none where there is no such folder."""
        return self._ask(lambda: self.root.names(folder)) or []

    def target(self, path: str) -> str | None:
        """What a link says."""
        return self._ask(lambda: self.root.target(path))

    def _ask(self, question: Callable[[], Found | None]) -> Found | None:
        before = len(self.root.unread)
        answer = question()
        if not answer and before >= MOST_UNREAD:
            raise Unreadable(
                f"more than {MOST_UNREAD} things could not be read, so that nobody can tell what is not there"
            )
        if not answer and len(self.root.unread) > before:
            last: Unread = self.root.unread[-1]
            raise Unreadable(f"{last.path}: {last.reason}")
        return answer

    def glob(self, pattern: str) -> list[str]:
        """The paths that a shell's wildcard names, sorted; dot files only where the pattern says so."""
        if pattern not in self._globs:
            found = ["/"]
            for step in (step for step in pattern.split("/") if step):
                found = list(self._step(found, step))[:MOST_MATCHES]
            self._globs[pattern] = found
        return self._globs[pattern]

    def _step(self, folders: list[str], step: str) -> Iterator[str]:
        is_wild = any(char in step for char in "*?[")
        for folder in folders:
            top = folder.rstrip("/")
            if not is_wild:
                if self.is_there(f"{top}/{step}"):
                    yield f"{top}/{step}"
                continue
            for name in self.names(folder):
                if fnmatch.fnmatchcase(name, step) and not (name.startswith(".") and not step.startswith(".")):
                    yield f"{top}/{name}"

    def files(self, folder: str, ending: str) -> list[str]:
        """The regular files of a drop-in folder with this ending, in the order of their names."""
        found = (
            f"{folder}/{name}" for name in self.names(folder) if name.endswith(ending) and not name.startswith(".")
        )
        return [path for path in found if self.is_file(path)]

    def package(self, *names: str) -> Package | None:
        """The first of these packages that is installed."""
        return next((self.packages[name] for name in names if name in self.packages), None)

    def is_image(self) -> bool:
        """Whether it is a container or an image of one, which has no kernel and no boot of its own."""
        return bool(self.inventory.image) or self.is_there("/.dockerenv") or self.is_there("/run/.containerenv")
