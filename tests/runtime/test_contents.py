"""What a service keeps in a home is declared, or it would be missing from every backup."""

from __future__ import annotations

from pathlib import Path

import pytest

from garrison import services
from garrison.runtime.contents import unaccounted
from garrison.testing import Account

FORGOTTEN = ("secrets/keys.db", "notes.txt", "queue/waiting/1.json", "journal/thoughts", "metrics/other.db")


@pytest.mark.parametrize("name", FORGOTTEN)
def test_a_file_that_nobody_declared_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).touch()
    assert unaccounted(tmp_path) == [name]


def test_what_services_declare_is_accounted_for_with_what_sqlite_keeps_beside_it(tmp_path: Path) -> None:
    declared = [file for name in services.REGISTERED for file in services.load(name).files]
    assert declared
    for file in declared:
        for ending in ("", "-wal", "-shm", ".lock"):
            path = tmp_path / f"{file}{ending}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    assert unaccounted(tmp_path) == []


def test_a_home_in_use_holds_nothing_else(garrison_session: Account) -> None:
    garrison_session.client("sts").get_caller_identity()
    assert unaccounted(garrison_session.home) == []
