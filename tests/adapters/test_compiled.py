"""Compiled patterns on the disk: kept for the next start, and only believed when nobody else could have written them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from garrison.adapters.compiled import FolderCache

KEY = "ab" * 32


def test_what_is_put_is_there_for_the_next_process_in_a_folder_of_its_own(tmp_path: Path) -> None:
    FolderCache(tmp_path / "compiled").put(KEY, b"database")
    assert FolderCache(tmp_path / "compiled").get(KEY) == b"database"
    assert FolderCache(tmp_path / "compiled").get("cd" * 32) is None
    assert (tmp_path / "compiled").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "compiled").iterdir()] == [f"{KEY}.patterns"]


def test_files_that_others_could_have_written_and_links_are_not_read(tmp_path: Path) -> None:
    cache = FolderCache(tmp_path)
    cache.put(KEY, b"database")
    path = tmp_path / f"{KEY}.patterns"
    path.chmod(0o666)
    assert cache.get(KEY) is None
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert cache.get(KEY) is None


def test_what_was_not_used_for_longest_goes_when_the_folder_is_full(tmp_path: Path) -> None:
    cache = FolderCache(tmp_path, most_bytes=20)
    keys = [letter * 64 for letter in "abc"]
    for age, key in enumerate(keys[:2]):
        cache.put(key, b"x" * 10)
        os.utime(tmp_path / f"{key}.patterns", (1000 + age, 1000 + age))
    cache.get(keys[0])
    cache.put(keys[2], b"x" * 10)
    assert [cache.get(key) is not None for key in keys] == [True, False, True]


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = FolderCache(tmp_path / "file")
    cache.put(KEY, b"database")
    assert cache.get(KEY) is None
    with pytest.raises(ValueError, match="hex digits"):
        cache.get("../../etc/passwd")
