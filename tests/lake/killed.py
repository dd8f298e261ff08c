"""What is killed: it takes log files and the journal into a lake, and looks after the lake, again and again."""

from __future__ import annotations

from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from garrison.journal import Journal
from garrison.lake import care
from garrison.lake.ingest import Ingest
from garrison.lake.journaling import JournalFeed
from garrison.lake.lake import Lake, now
from garrison.lake.place import LakePlace
from garrison.lake.sources import Folder


def work(home: Path, files: int, ready: Connection) -> None:
    """Take in each file, with the journal in between; says when it begins."""
    lake = Lake(LakePlace(home / "lake"))
    feed = JournalFeed(lake, Journal(home / "journal", sync=False), "node-1", home / "offsets", sync=False)
    lake.table()
    ready.send("ready")
    for number in range(files):
        Ingest(lake, Folder(str(home / "logs" / f"{number}.json")), workers=1).run()
        feed.commit()
        if number % 3 == 2:
            care.rewrite_closed_days(lake, datetime(2027, 1, 1, tzinfo=UTC))
            care.expire(lake, now())
            care.remove_orphans(lake, now())
