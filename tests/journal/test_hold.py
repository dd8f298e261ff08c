"""While the journal is held still nothing moves into it, and afterwards everything does."""

from __future__ import annotations

from pathlib import Path

from garrison.journal import FsyncMode, Journal, Sequencer, Spool, held

from .lanes_for_tests import MemoryLeases, MemoryOutbox, SetClock


def test_nothing_moves_while_the_journal_is_held(tmp_path: Path) -> None:
    outbox = MemoryOutbox()
    spools, folder = tmp_path / "spool", tmp_path / "journal"
    sequencer = Sequencer(outbox, MemoryLeases(), spools, folder, "holder", SetClock())
    spool = Spool(spools, "lane", FsyncMode.NEVER)
    spool.append("first", b"{}")
    with held(folder):
        assert sequencer.run_once() == 0
    assert sequencer.run_once() == 1
    assert [entry.event_id for entry in Journal(folder).read()] == ["first"]
    spool.close()
    sequencer.close()
