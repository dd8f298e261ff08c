"""Log records on their way into the lake's table of them, and until then the tail of every query about them.

A commit's snapshot says up to which record the file is in the table, so that each is in it exactly once, whatever crashes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from garrison.arn import parse_arn
from garrison.services.wafv2.records.file import LAKE, LakeRecord, RecordsFile, records_of
from garrison.services.wafv2.service import service

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.table import Table

    from garrison.lake.lake import Lake
    from garrison.lake.writing import Written
    from garrison.services.background import Workplace

MOST_AT_ONCE = 50_000
"""Records of one commit."""
MOST_IN_TAIL = 200_000
"""Records that a query adds to what is in the table: of what arrived last the earliest."""

_seen_at: dict[Path, datetime] = {}
"""When it was first seen that something waits, by home. Requests may be older than their records."""


@service.task("log-lake", every=timedelta(seconds=1))
def put_into_lake(place: Workplace) -> None:
    """Commit what waits, when it waits long enough or is much."""
    file, settings = records_of(place.parts), place.parts.settings
    waiting = file.how_many_wait(LAKE)
    if not waiting:
        _seen_at.pop(place.home, None)
        return
    waited = place.clock.now() - _seen_at.setdefault(place.home, place.clock.now())
    if waited < timedelta(seconds=settings.lake_commit_seconds) and waiting < MOST_AT_ONCE:
        return
    from garrison.lake.lake import Lake
    from garrison.lake.place import place_of
    from garrison.lake.shapes import WAF

    lake = Lake(place_of(settings, place.node), WAF)
    while commit(lake, file) == MOST_AT_ONCE:
        pass
    _seen_at.pop(place.home, None)


def commit(lake: Lake, file: RecordsFile) -> int:
    """Put the first records that wait into the table, and let go of them; gives their number."""
    from garrison.lake.lake import JOURNAL_PROPERTY, format_position, position_in

    node = _node(file)
    with lake.place.locked():
        table = lake.table()
        reached = position_in(table, node)[1]
        waiting = file.for_lake(reached, MOST_AT_ONCE)
        if waiting:
            written = _write(lake, table, waiting)
            reached = waiting[-1].number
            lake.append(written, {JOURNAL_PROPERTY + node: format_position(0, reached)})
    file.forget_up_to(LAKE, reached)
    return len(waiting)


def _node(file: RecordsFile) -> str:
    """What the table calls the file, by which it knows how far it has it."""
    return f"waf-{file.token()}"


def _write(lake: Lake, table: Table, waiting: Sequence[LakeRecord]) -> list[Written]:
    from garrison.lake.waf_schema import rows_of
    from garrison.lake.writing import write_part

    parts: dict[tuple[int, str], list[tuple[str, bytes]]] = defaultdict(list)
    for record in waiting:
        account = _account(record.web_acl)
        parts[record.at // 86_400_000, account].append((account, record.body))
    written = []
    for (day, account), records in parts.items():
        rows = rows_of(records).sort_by(list(lake.shape.sorted_by))
        if len(rows):
            written.append(write_part(table.io, table.location(), day, account, rows, lake.shape))
    return written


def tail(file: RecordsFile, table: Table | None) -> pa.Table:
    """What of a file is not in the table as it was loaded."""
    from garrison.lake.lake import position_in
    from garrison.lake.waf_schema import rows_of

    if not file.exists:
        return rows_of(())
    reached = position_in(table, _node(file))[1] if table is not None else 0
    return rows_of(_with_accounts(file.for_lake(reached, MOST_IN_TAIL)))


def _with_accounts(records: Iterable[LakeRecord]) -> Iterable[tuple[str, bytes]]:
    return ((_account(record.web_acl), record.body) for record in records)


def _account(web_acl: str) -> str:
    parts = parse_arn(web_acl)
    return parts.account if parts is not None else ""
