"""Whether a program's file may be run: it is there, nobody else could have written it, and other users can get at it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from garrison.confined.failures import NotConfined, Stopped


def check_file(path: str) -> None:
    """Refuse a program that is not there (`Stopped`), or that others than its owner could have written (`NotConfined`)."""
    try:
        found = os.stat(path)
    except OSError as error:
        raise Stopped(f"The program cannot be run: {error.strerror}") from None
    if not os.path.isabs(path) or not stat.S_ISREG(found.st_mode):
        raise Stopped("The program cannot be run: it is not the full path of a file")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise NotConfined("others than its owner may write the program's file")


def is_open_to_all(path: str) -> bool:
    """Whether every user can run a program: read and execute it, and look into the folders above."""
    file = Path(path)
    folders_are_open = all(folder.stat().st_mode & stat.S_IXOTH for folder in file.resolve().parents)
    return folders_are_open and file.stat().st_mode & (stat.S_IROTH | stat.S_IXOTH) == stat.S_IROTH | stat.S_IXOTH
