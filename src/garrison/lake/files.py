"""Iceberg's way to files, with those on the local disk synced before a commit may name them.

Loaded by PyIceberg by its name, `IO`; nothing else should import it early, as it loads pyarrow.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from pyiceberg.io import InputFile, OutputFile, OutputStream
from pyiceberg.io.pyarrow import PyArrowFileIO

from garrison.journal.files import FILE_MODE, make_folder, sync_folder
from garrison.lake.place import local_path

IO = "garrison.lake.files.SyncedFileIO"


class SyncedFileIO(PyArrowFileIO):
    """As PyIceberg's own, but a local file is on the disk for good when it is closed."""

    def new_output(self, location: str) -> OutputFile:  # type: ignore[override]
        """A file to write."""
        return LocalOutput(location, self) if local_path(location) else super().new_output(location)


class LocalOutput(OutputFile):
    """A local file to write."""

    def __init__(self, location: str, files: SyncedFileIO) -> None:
        super().__init__(location)
        path = local_path(location)
        assert path is not None
        self._path, self._files = path, files

    def __len__(self) -> int:
        return self._path.stat().st_size

    def exists(self) -> bool:
        """Whether it is there."""
        return self._path.exists()

    def to_input_file(self) -> InputFile:
        """The same file, to read."""
        return self._files.new_input(self.location)

    def create(self, overwrite: bool = False) -> OutputStream:
        """Begin it; raises `FileExistsError` where it is there already and may not be overwritten."""
        made = [folder for folder in self._path.parents if not folder.exists()]
        make_folder(self._path.parent)
        flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if overwrite else os.O_EXCL)
        raw: Any = os.fdopen(os.open(self._path, flags, FILE_MODE), "wb", buffering=0)
        return _SyncedWriter(raw, [self._path.parent, *(folder.parent for folder in made)])


class _SyncedWriter(io.BufferedWriter):
    def __init__(self, raw: Any, folders: list[Path]) -> None:
        super().__init__(raw, 1024 * 1024)
        self._folders = folders

    def close(self) -> None:
        if not self.closed:
            self.flush()
            os.fsync(self.fileno())
            super().close()
            for folder in self._folders:
                sync_folder(folder)
