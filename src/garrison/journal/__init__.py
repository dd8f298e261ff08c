"""One ordered, append-only stream of events from outbox and spools, its consumers, and the index of recent events."""

from garrison.journal.arrivals import Arrivals
from garrison.journal.consumers import Consumer, ConsumerRunner, KeepsOffset, hold_position, lowest_offset, offsets
from garrison.journal.failures import InvalidCursor, JournalBusy, JournalUnavailable, SpoolFull
from garrison.journal.fields import ATTRIBUTES, user_name
from garrison.journal.hold import held
from garrison.journal.journal import Entry, Journal, Position
from garrison.journal.lanes import Lanes
from garrison.journal.recent import KeyUse, Page, RecentEvents
from garrison.journal.sequencer import Leases, Outbox, Sequencer
from garrison.journal.spool import FsyncMode, Spool

__all__ = [
    "ATTRIBUTES",
    "Arrivals",
    "Consumer",
    "ConsumerRunner",
    "Entry",
    "FsyncMode",
    "InvalidCursor",
    "Journal",
    "JournalBusy",
    "JournalUnavailable",
    "KeepsOffset",
    "KeyUse",
    "Lanes",
    "Leases",
    "Outbox",
    "Page",
    "Position",
    "RecentEvents",
    "Sequencer",
    "Spool",
    "SpoolFull",
    "held",
    "hold_position",
    "lowest_offset",
    "offsets",
    "user_name",
]
