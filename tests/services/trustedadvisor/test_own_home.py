"""What the kernel says of the disk that a home lies on, and when digests are due."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from garrison.services.trustedadvisor.digest import last_slot
from garrison.services.trustedadvisor.own_home import LAST_BACKUP, is_encrypted, last_backup


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ({}, None),
        ({"disk": ""}, False),
        ({"disk": "LVM-x", "below": "CRYPT-LUKS2-x"}, True),
        ({"disk": "CRYPT-x"}, True),
    ],
)
def test_a_home_is_encrypted_where_a_device_beneath_it_is(
    tmp_path: Path, below: dict[str, str], expected: bool
) -> None:
    home, devices = tmp_path / "home", tmp_path / "devices"
    home.mkdir()
    devices.mkdir()
    for name, uuid in below.items():
        (tmp_path / name / "dm").mkdir(parents=True)
        (tmp_path / name / "dm" / "uuid").write_text(uuid)
        (tmp_path / name / "slaves").mkdir()
    if "below" in below:
        (tmp_path / "disk" / "slaves" / "dm-1").symlink_to(tmp_path / "below")
        (tmp_path / "below" / "slaves" / "again").symlink_to(tmp_path / "disk")  # a loop ends
    number = home.stat().st_dev
    if below:
        (devices / f"{os.major(number)}:{os.minor(number)}").symlink_to(tmp_path / "disk")
    assert is_encrypted(home, devices) is expected


def test_the_last_backup_is_what_the_file_says_if_it_says_a_time(tmp_path: Path) -> None:
    assert last_backup(tmp_path) is None
    (tmp_path / LAST_BACKUP).write_text("nonsense")
    assert last_backup(tmp_path) is None
    (tmp_path / LAST_BACKUP).write_text("2026-03-01T01:02:03+00:00\n")
    assert last_backup(tmp_path) == datetime(2026, 3, 1, 1, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "day", "hour", "slot"),
    [
        ((2027, 3, 5, 6, 0), "FRI", 6, (2027, 3, 5, 6)),
        ((2027, 3, 5, 5, 59), "FRI", 6, (2027, 2, 26, 6)),
        ((2027, 3, 1, 0, 0), "SUN", 23, (2027, 2, 28, 23)),
        ((2028, 3, 1, 12, 0), "WED", 12, (2028, 3, 1, 12)),
    ],
)
def test_a_digest_is_due_once_a_week(now: tuple[int, ...], day: str, hour: int, slot: tuple[int, ...]) -> None:
    assert last_slot(datetime(*now, tzinfo=UTC), day, hour) == datetime(*slot, tzinfo=UTC)  # type: ignore[misc, arg-type]
