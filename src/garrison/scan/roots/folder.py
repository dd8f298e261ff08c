"""A root file system that is a folder of this machine: `/` itself, a mounted disk, what debootstrap made.

The kernel resolves no path here: each step is opened below the one before with O_NOFOLLOW, and a link's target is walked from
the root again, so that neither links nor `..` lead out, also while somebody changes the tree.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from garrison.scan.roots.root import MOST_FILE_BYTES, MOST_LINKS, Entry, Kind, Unread

_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}
_STEP = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_PIECE_BYTES = 256 * 1024
_MOST_UNREAD = 10_000
"""Notes kept; a tree nobody may read would fill memory otherwise."""


class Folder:
    """The root at a folder; `is_live` where that is this machine's own root."""

    def __init__(self, folder: str = "/") -> None:
        self.unread: list[Unread] = []
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
            self._unread(path, f"larger than {most} bytes")
            return None
        return found

    def names(self, path: str) -> list[str]:
        handle = self._reach(path, follow=True)
        if handle is None:
            return []
        try:
            return sorted(entry.name for entry in self._scan(handle, path))
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

    def walk(self, path: str = "/", *, one_device: bool = True) -> Iterator[Entry]:
        top = self.stat(path)
        if top is None or top.kind is not Kind.FOLDER:
            return
        waiting = [path.rstrip("/")]
        while waiting:
            folder = waiting.pop()
            handle = self._reach(folder or "/", follow=folder == path.rstrip("/"))
            if handle is None:
                continue
            try:
                below = []
                for found in self._scan(handle, folder or "/"):
                    entry = self._look(found, f"{folder}/{found.name}")
                    if entry is None:
                        continue
                    yield entry
                    if entry.kind is Kind.FOLDER and not (one_device and entry.device != top.device):
                        below.append(entry.path)
            finally:
                os.close(handle)
            waiting.extend(sorted(below, reverse=True))

    def _look(self, found: os.DirEntry[str], path: str) -> Entry | None:
        try:
            return _entry(path, found.stat(follow_symlinks=False))
        except OSError as error:
            self._note(path, error)
            return None

    def _scan(self, handle: int, path: str) -> list[os.DirEntry[str]]:
        try:
            folder = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=handle)
        except OSError as error:
            self._note(path, error)
            return []
        try:
            with os.scandir(folder) as found:
                # A DirEntry of a handle asks that handle again: what it says is taken while the handle is open.
                entries = list(found)
                for entry in entries:
                    _remember(entry)
                return entries
        except OSError as error:
            self._note(path, error)
            return []
        finally:
            os.close(folder)

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
            self._unread(path, error.strerror or "cannot be read")

    def _unread(self, path: str, reason: str) -> None:
        if len(self.unread) < _MOST_UNREAD:
            self.unread.append(Unread(path, reason))


def _all(file: BinaryIO, most: int) -> bytes:
    """At most so many bytes, in pieces: the kernel makes room for as much as is asked for where it writes the file itself (/proc)."""
    pieces = []
    while most > 0 and (piece := file.read(min(most, _PIECE_BYTES))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


def _remember(entry: os.DirEntry[str]) -> None:
    """Have the entry take its `stat` now, which it keeps."""
    try:
        entry.stat(follow_symlinks=False)
    except OSError:
        return


_KINDS = {stat.S_IFREG: Kind.FILE, stat.S_IFDIR: Kind.FOLDER, stat.S_IFLNK: Kind.LINK}


def _entry(path: str, found: os.stat_result) -> Entry:
    return Entry(
        path=path,
        kind=_KINDS.get(stat.S_IFMT(found.st_mode), Kind.OTHER),
        mode=stat.S_IMODE(found.st_mode),
        uid=found.st_uid,
        gid=found.st_gid,
        size=found.st_size,
        modified_at=found.st_mtime,
        device=found.st_dev,
        inode=found.st_ino,
    )
