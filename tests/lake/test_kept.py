"""A lake goes with a backup: the same rows, the same log files known, wherever it is restored, and whenever that is stopped."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from garrison.lake import kept
from garrison.lake.asking import ask
from garrison.lake.ingest import Ingest, Outcome
from garrison.lake.lake import JOURNAL_PROPERTY, Lake
from garrison.lake.place import LakePlace, place_of
from garrison.lake.shapes import EVENTS, WAF
from garrison.lake.sources import source_of
from garrison.runtime.backup import write_backup
from garrison.setting_sources import load_settings
from garrison.testing import Account
from tests.lake.templates import record, write_log

QUERY = "SELECT eventID, account, origin, record FROM cloudtrail_events ORDER BY 1"


def rows_of(place: LakePlace) -> list[dict[str, Any]]:
    with ask(Lake(place), QUERY) as answer:
        return [row for batch in answer.batches() for row in batch.to_pylist()]


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Log files of two accounts and days."""
    folder = tmp_path / "logs"
    folder.mkdir()
    write_log(folder / "a.json.gz", [record(1), record(2)])
    write_log(
        folder / "b.json.gz",
        [record(3, recipientAccountId="444455556666"), record(4, eventTime="2026-03-02T00:00:00Z")],
    )
    return folder


@pytest.fixture
def copied(lake: Lake, logs: Path, ingest: Callable[..., Outcome], tmp_path: Path) -> LakePlace:
    """The place of another home, with what a backup brought there and nothing else."""
    assert ingest(logs).records == 4
    with lake.place.locked():
        lake.append((), {JOURNAL_PROPERTY + "node": "2:77"})
    folder = tmp_path / "elsewhere" / "lake"
    (folder / EVENTS.kept_in).mkdir(parents=True)
    with kept.held(lake.place) as found:
        assert found is not None
        (folder / EVENTS.kept_in / kept.CONTENTS).write_bytes(found.contents)
        for name, file in found.files.items():
            (folder / EVENTS.kept_in / name).write_bytes(file.read())
    return LakePlace(folder)


def test_a_lake_is_taken_back_elsewhere_as_it_was(lake: Lake, copied: LakePlace, logs: Path) -> None:
    kept.take_back(copied)
    assert rows_of(copied) == rows_of(lake.place)
    assert not (copied.folder / EVENTS.kept_in).exists()
    assert Ingest(Lake(copied), source_of(str(logs)), workers=1).run().present == 2
    assert copied.has_taken_in("444455556666")
    assert Lake(copied).journal_position("node") == (2, 77)
    kept.take_back(copied)
    assert len(rows_of(copied)) == 4


@pytest.mark.parametrize("reached", ["move", "begin", "append", "finish"])
def test_taking_back_goes_on_where_it_was_stopped(
    lake: Lake, copied: LakePlace, monkeypatch: pytest.MonkeyPatch, reached: str
) -> None:
    """A crash before a step: what was done of it is found again."""

    class Crash(BaseException):
        pass

    def crash(*_: Any) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        if reached == "move":
            moves = iter((os.replace, crash))

            def move(*paths: Any) -> None:
                next(moves)(*paths)

            patch.setattr(os, "replace", move)
        elif reached == "append":
            patch.setattr(Lake, "append", crash)
        else:
            patch.setattr(f"garrison.lake.ledger.Ledger.{reached}", crash)
        with pytest.raises(Crash):
            kept.take_back(copied)
    kept.take_back(copied)
    assert rows_of(copied) == rows_of(lake.place)


def test_a_lake_that_lies_elsewhere_or_nowhere_is_not_held(tmp_path: Path) -> None:
    for place in (LakePlace(tmp_path / "none"), LakePlace(tmp_path / "lake", warehouse="s3://bucket/lake")):
        with kept.held(place) as found:
            assert found is None


def test_nothing_is_committed_while_what_feeds_a_table_is_copied(lake: Lake) -> None:
    def copy() -> None:
        with (lake.place.folder / "lock").open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        copied.append(True)

    copied: list[bool] = []
    with kept.held(lake.place, WAF, meanwhile=copy) as found:
        assert found is None
    assert copied == [True]
    assert not lake.is_made


def test_a_backup_holds_the_lake_unless_it_is_told_not_to(garrison: Account, logs: Path, tmp_path: Path) -> None:
    place = place_of(load_settings(garrison.home))
    assert Ingest(Lake(place), source_of(str(logs)), workers=1).run().records == 4
    archive, home = tmp_path / "whole.tar", tmp_path / "restored"
    for name, *options in (("backup", archive, "--home", garrison.home), ("restore", archive, "--home", home)):
        subprocess.run([sys.executable, "-m", "garrison", name, *map(str, options)], check=True, capture_output=True)
    assert rows_of(place_of(load_settings(home))) == rows_of(place)
    write_backup(load_settings(garrison.home), tmp_path / "small.tar", with_lake=False)
    with tarfile.open(tmp_path / "small.tar") as small:
        assert not [name for name in small.getnames() if name.startswith("lake/")]
