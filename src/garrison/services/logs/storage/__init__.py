"""Where log events lie: one SQLite file, written by every worker, durable before an answer leaves."""

from garrison.services.logs.storage.events import (
    NO_TIMES,
    Datum,
    EventFile,
    Kept,
    StreamTimes,
    events_of,
)

__all__ = ["NO_TIMES", "Datum", "EventFile", "Kept", "StreamTimes", "events_of"]
