"""What is older than the retention time or beyond the disk's ceiling goes, and nothing that a consumer still needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from garrison import codec
from garrison.clock import ShiftedClock
from garrison.gateway.founding import found_account
from garrison.gateway.local import local_caller
from garrison.journal import ConsumerRunner, FsyncMode, Journal, Sequencer, Spool
from garrison.runtime.home import Home
from garrison.runtime.parts import Opened, open_parts
from garrison.runtime.retention import enforce, segment_bytes
from garrison.setting_sources import load_settings

CEILING_BYTES = 16 * 1024 * 1024
PADDING = "x" * 200_000


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """An account with a settable clock and the smallest ceiling."""
    home = Home(tmp_path / "home")
    found_account(home, ephemeral=True, settable_clock=True, retention_days=3, disk_ceiling_bytes=CEILING_BYTES)
    with closing(open_parts(load_settings(home.path))) as parts:
        yield parts


class Background:
    """The background process's work, a turn at a time."""

    def __init__(self, opened: Opened) -> None:
        store, home = opened.parts.store, opened.home
        size = segment_bytes(opened.settings)
        self.sequencer = Sequencer(
            store, store, home.spools, home.journal, "test", opened.clock, max_segment_bytes=size, sync=False
        )
        self.journal = Journal(home.journal)
        self.runner = ConsumerRunner(self.journal, opened.parts.recent, home.path / "offsets", sync=False)

    def turn(self) -> None:
        self.sequencer.run_once()
        self.runner.run_once()


def spool_events(opened: Opened, count: int) -> None:
    """Put large events of reading calls into a lane."""
    spool = Spool(opened.home.spools, "lane", FsyncMode.NEVER)
    event: dict[str, Any] = {
        "eventTime": opened.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "iam.amazonaws.com",
        "eventName": "ListUsers",
        "awsRegion": "us-east-1",
        "managementEvent": True,
        "recipientAccountId": opened.settings.account_id,
        "padding": PADDING,
    }
    for number in range(count):
        event["eventID"] = f"{opened.clock.now().timestamp()}-{number}"
        spool.append(event["eventID"], codec.encode(event))
    spool.close()


def test_events_beyond_the_retention_time_are_forgotten(opened: Opened) -> None:
    background = Background(opened)
    background.turn()
    assert opened.parts.recent.count() > 0
    enforce(opened, background.journal)
    assert opened.parts.recent.count() > 0
    clock = opened.clock
    assert isinstance(clock, ShiftedClock)
    clock.shift(timedelta(days=3, seconds=1))
    with local_caller(opened) as root:
        root.call("sts", "GetCallerIdentity")
    background.turn()
    enforce(opened, background.journal)
    assert opened.parts.recent.count() == 1


def test_the_journal_stays_below_its_ceiling_and_loses_nothing_that_is_not_consumed(opened: Opened) -> None:
    background = Background(opened)
    background.turn()
    spool_events(opened, 120)
    background.sequencer.run_once()
    assert background.journal.size_bytes() > CEILING_BYTES
    assert enforce(opened, background.journal) == 0, "no consumer has taken them"
    assert background.journal.first_position() == 1
    background.runner.run_once()
    assert enforce(opened, background.journal) > 0
    assert background.journal.size_bytes() <= CEILING_BYTES
    assert background.journal.first_position() > 1
    events = opened.parts.recent.count()
    assert events > 120, "LookupEvents keeps what the journal no longer holds"


def test_a_segment_is_a_fraction_of_the_ceiling(opened: Opened) -> None:
    assert segment_bytes(opened.settings) == CEILING_BYTES // 8
    assert segment_bytes(load_settings(opened.home.path, disk_ceiling_bytes=10**12)) == 32 * 1024 * 1024
