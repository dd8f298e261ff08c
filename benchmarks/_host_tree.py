"""A root file system of as many inodes as asked for, like a host that was used for years, for the benchmark of a host's scan.

It is a minimal Debian, and below `/srv` copies of that Debian and of the Python environment that this runs in, until there are so many
inodes. Each folder and file of a copy is an inode of its own with the name, size and mode of what it was copied from. What an inventory reads
(metadata of packages) and what is small has its bytes; the rest is sparse, so that the tree needs inodes and not a disk full of bytes.
"""

from __future__ import annotations

import os
import shutil
import sys
from itertools import count
from pathlib import Path

_READ = ("METADATA", "PKG-INFO", "package.json", ".jar", ".gemspec", "status")
_MOST_COPIED_BYTES = 512
_MARK = ".inodes"


def host_tree(debian: str, folder: Path, inodes: int) -> Path:
    """The tree at the folder, made where it is not there yet in that size."""
    mark = folder / _MARK
    if mark.exists() and mark.read_text() == str(inodes):
        return folder
    if folder.exists():
        shutil.rmtree(folder)
    print(f"making a tree of {inodes:,} inodes in {folder} …", file=sys.stderr)
    shutil.copytree(debian, folder, symlinks=True, ignore=_special, ignore_dangling_symlinks=True)
    made = sum(len(folders) + len(files) for _, folders, files in os.walk(folder))
    for number in count():
        for name, source in (("debian", debian), ("python", sys.prefix)):
            made += _copy(source, folder / "srv" / f"{number:03}" / name, inodes - made)
            if made >= inodes:
                mark.write_text(str(inodes))
                return folder
    raise AssertionError


def _special(folder: str, names: list[str]) -> set[str]:
    """Devices and sockets, and what the kernel makes up."""
    if Path(folder).name in ("proc", "sys", "dev"):
        return set(names)
    return {
        name
        for name in names
        if not os.path.islink(path := os.path.join(folder, name)) and not (os.path.isfile(path) or os.path.isdir(path))
    }


def _copy(source: str, target: Path, most: int) -> int:
    """How many inodes were made: at most so many, and a few for the last folder."""
    made = 0
    for folder, folders, files in os.walk(source):
        folders[:] = [name for name in folders if name not in ("proc", "sys", "dev")]
        into = target / os.path.relpath(folder, source)
        into.mkdir(parents=True, exist_ok=True)
        made += 1
        for name in files:
            made += _copy_file(os.path.join(folder, name), str(into / name))
        if made >= most:
            break
    return made


def _copy_file(source: str, target: str) -> int:
    if os.path.islink(source):
        os.symlink(os.readlink(source), target)
        return 1
    if not os.path.isfile(source):
        return 0
    found = os.stat(source)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, found.st_mode & 0o7777)
    try:
        if found.st_size <= _MOST_COPIED_BYTES or source.endswith(_READ):
            with open(source, "rb") as file:
                os.write(handle, file.read())
        else:
            os.ftruncate(handle, found.st_size)
    finally:
        os.close(handle)
    return 1
