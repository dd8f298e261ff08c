"""A root file system that is a folder of this machine: `/` itself, a mounted disk, what debootstrap made.

The kernel resolves no path here: each step is opened below the one before with O_NOFOLLOW, and a link's target is walked from
the root again, so that neither links nor `..` lead out, also while somebody changes the tree.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import deque
from collections.abc import Collection, Iterator
from typing import BinaryIO, NamedTuple

from garrison.scan.roots.root import MOST_FILE_BYTES, MOST_LEVELS, MOST_LINKS, Entry, Kind, Unread, note

_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}
_STEP = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_LIST = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PIECE_BYTES = 256 * 1024


class _Level(NamedTuple):
    """A folder on the way down to where a walk is."""

    path: str
    handle: int
    below: list[str]
    """Names of the folders in it that are still to be entered, the next one last."""


class Folder:
    """The root at a folder; `is_live` where that is this machine's own root."""

    def __init__(self, folder: str = "/") -> None:
        self.unread: list[Unread] = []
        self.image = ""
        self.is_live = os.path.realpath(folder) == "/"
        self._top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._top)

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stat(self, path: str, *, follow: bool = True) -> Entry | None:
        handle = self._reach(path, follow=follow)
        if handle is None:
            return None
        try:
            return _entry(path, os.fstat(handle))
        finally:
            os.close(handle)

    def open(self, path: str) -> BinaryIO | None:
        handle = self._reach(path, follow=True)
        if handle is None:
            return None
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            return os.fdopen(os.open(f"/proc/self/fd/{handle}", _READ & ~os.O_NOFOLLOW), "rb")
        except OSError as error:
            self._note(path, error)
            return None
        finally:
            os.close(handle)

    def read(self, path: str, *, most: int = MOST_FILE_BYTES) -> bytes | None:
        file = self.open(path)
        if file is None:
            return None
        with file:
            try:
                found = _all(file, most + 1)
            except OSError as error:
                self._note(path, error)
                return None
        if len(found) > most:
            note(self, path, f"larger than {most} bytes")
            return None
        return found

    def names(self, path: str) -> list[str]:
        handle = self._enter(path)
        if handle is None:
            return []
        try:
            return sorted(os.listdir(handle))
        except OSError as error:
            self._note(path, error)
            return []
        finally:
            os.close(handle)

    def target(self, path: str) -> str | None:
        handle = self._reach(path, follow=False)
        if handle is None:
            return None
        try:
            return os.readlink("", dir_fd=handle)
        except OSError:
            return None
        finally:
            os.close(handle)

    def walk(
        self, path: str = "/", *, one_device: bool = True, skip: Collection[str] = (), without: tuple[str, ...] = ()
    ) -> Iterator[Entry]:
        folder, handle = path.rstrip("/"), self._enter(path)
        device = None if handle is None or not one_device else os.fstat(handle).st_dev
        levels: list[_Level] = []
        try:
            while handle is not None:
                below: list[str] = []
                levels.append(_Level(folder, handle, below))
                for entry in self._entries(folder, handle, without):
                    yield entry
                    if entry.kind is _FOLDER and device in (None, entry.device) and entry.path not in skip:
                        below.append(entry.path[len(folder) + 1 :])
                below.sort(reverse=True)
                folder, handle = self._next(levels)
        finally:
            for level in levels:
                os.close(level.handle)

    def _enter(self, path: str) -> int | None:
        """A handle to list a folder with, which the caller closes."""
        handle = self._reach(path, follow=True)
        if handle is None:
            return None
        try:
            return os.open(".", _LIST, dir_fd=handle)
        except OSError as error:
            self._note(path, error)
            return None
        finally:
            os.close(handle)

    def _next(self, levels: list[_Level]) -> tuple[str, int | None]:
        """The folder that a walk enters next, opened below the one that it was found in; those that are done are closed."""
        while levels:
            level = levels[-1]
            if not level.below:
                os.close(levels.pop().handle)
                continue
            name = level.below.pop()
            path = f"{level.path}/{name}"
            if len(levels) >= MOST_LEVELS:
                note(self, path, f"deeper than {MOST_LEVELS} folders")
                continue
            try:
                return path, os.open(name, _LIST, dir_fd=level.handle)
            except OSError as error:
                self._note(path, error)
        return "", None

    def _entries(self, folder: str, handle: int, without: tuple[str, ...]) -> Iterator[Entry]:
        try:
            with os.scandir(handle) as listed:
                for found in listed:
                    if without and found.name.endswith(without) and found.is_file(follow_symlinks=False):
                        continue
                    try:
                        entry = _entry(f"{folder}/{found.name}", found.stat(follow_symlinks=False))
                    except OSError as error:
                        self._note(f"{folder}/{found.name}", error)
                    else:
                        yield entry
        except OSError as error:
            self._note(folder or "/", error)

    def _reach(self, path: str, *, follow: bool) -> int | None:
        """A handle (O_PATH) of what lies there, which the caller closes; None where nothing does or it cannot be reached."""
        try:
            return self._steps(path, follow=follow)
        except OSError as error:
            self._note(path, error)
        except ValueError:  # a NUL in a name
            pass
        return None

    def _steps(self, path: str, *, follow: bool) -> int:
        waiting = deque(step for step in path.split("/") if step not in ("", "."))
        passed = [os.dup(self._top)]
        links = 0
        try:
            while waiting:
                step = waiting.popleft()
                if step == "..":
                    if len(passed) > 1:
                        os.close(passed.pop())
                    continue
                handle = os.open(step, _STEP, dir_fd=passed[-1])
                passed.append(handle)
                if not stat.S_ISLNK(os.fstat(handle).st_mode) or not (waiting or follow):
                    continue
                links += 1
                if links > MOST_LINKS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
                said = os.readlink("", dir_fd=handle)
                os.close(passed.pop())
                if said.startswith("/"):
                    while len(passed) > 1:
                        os.close(passed.pop())
                waiting.extendleft(reversed([step for step in said.split("/") if step not in ("", ".")]))
            return passed.pop()
        finally:
            for handle in passed:
                os.close(handle)

    def _note(self, path: str, error: OSError) -> None:
        if error.errno not in _ABSENT:
            note(self, path, error.strerror or "cannot be read")


def _all(file: BinaryIO, most: int) -> bytes:
    """At most so many bytes, in pieces: the kernel makes room for as much as is asked for where it writes the file itself (/proc)."""
    pieces = []
    while most > 0 and (piece := file.read(min(most, _PIECE_BYTES))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


_KIND_BITS = 0o170000
_FOLDER = Kind.FOLDER
_KINDS = {stat.S_IFREG: Kind.FILE, stat.S_IFDIR: Kind.FOLDER, stat.S_IFLNK: Kind.LINK}


def _entry(path: str, found: os.stat_result) -> Entry:
    mode = found.st_mode
    return Entry(
        path,
        _KINDS.get(mode & _KIND_BITS, Kind.OTHER),
        mode & 0o7777,
        found.st_uid,
        found.st_gid,
        found.st_size,
        found.st_mtime,
        found.st_dev,
        found.st_ino,
    )
