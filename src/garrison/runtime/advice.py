"""Keep what a command advised where the server keeps its own, and say what changed since the run before."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from decimal import Decimal

from garrison.advised import listing, open_advice, recording
from garrison.advised.kept import ASKED
from garrison.advising.gathering import NOT_COLLECTED
from garrison.advising.report import Report, Since
from garrison.inventory import INVENTORY_FILE, History
from garrison.items import Item
from garrison.rules.unseen import unseen_of
from garrison.runtime.home import Home


def keep(home: Home, report: Report, *, sync: bool = True) -> Since:
    """Record a run in the home."""
    advice = open_advice(home.path, sync=sync)
    advice.make()
    with advice.writing() as db:
        before = listing.runs(db, report.account, limit=1)
        run = recording.begin(db, report.account, ASKED, at=report.at)
        for result in report.results:
            recording.record(db, report.account, run, result, at=report.at)
        recording.finish(db, run, at=report.at)
        (now,) = listing.runs(db, report.account, limit=1)
        saved = listing.saved_now(db, report.account)
    return Since(
        at=before[0].at if before else None,
        found=now.found,
        fixed=now.fixed,
        returned=now.returned,
        saved=Decimal(str(now.saved)),
        saved_in_all=Decimal(str(saved)),
    )


def recorded(home: Home, account: str, types: frozenset[str], now: datetime) -> tuple[list[Item], dict[str, str]]:
    """What the home has recorded of an account, and of which types that is not all, or nothing."""
    unseen = dict.fromkeys(types, NOT_COLLECTED)
    if not (home.path / INVENTORY_FILE).exists():
        return [], unseen
    with closing(History(home.path / INVENTORY_FILE, sync=False)) as history:
        coverage = history.coverage(account)
        for kind, _ in coverage:
            unseen.pop(kind, None)
        told = ((kind, at, f"{why} in {at}") for (kind, at), why in coverage.items() if why and kind in types)
        reasons, places = unseen_of(account, told, now)
        items = [item for item in history.current(account) if item.resource_type in types]
        return [*items, *places] if items else [], unseen | reasons
