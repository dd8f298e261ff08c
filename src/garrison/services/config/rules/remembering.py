"""Put changes of compliance into the history of resources, where `garrison timeline` and `diff` tell of them.

The same changes put there again after a crash say nothing new.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from garrison.inventory import Judged, Resource
from garrison.services.config.rules.naming import verdicts_of
from garrison.services.config.rules.recorded import history_of
from garrison.services.config.service import service
from garrison.verdicts import Change
from garrison.verdicts.recording import NOT_APPLICABLE, forget_changes, waiting_changes

if TYPE_CHECKING:
    from garrison.services.background import Workplace

PREFIX = "config:"
"""What the history calls a rule: this and its name."""
BATCH = 500


@service.task("compliance-history", every=timedelta(seconds=1))
def remember_changes(place: Workplace) -> None:
    """Put what waits into the history, the oldest first."""
    kept = verdicts_of(place.parts)
    if not kept.exists:
        return
    while True:
        with kept.reading() as db:
            changes = waiting_changes(db, BATCH)
        if not changes:
            return
        for (name, at), group in groupby(changes, key=lambda change: (change.rule_name, change.at)):
            history_of(place.parts).verdicts.record(PREFIX + name, [_judged(place, change) for change in group], at=at)
        with kept.writing() as db:
            forget_changes(db, changes[-1].number)


def _judged(place: Workplace, change: Change) -> Judged:
    found = history_of(place.parts).find(change.account, change.resource_type, change.resource_id)
    region = change.region
    if found and region not in {item.region for item in found}:
        region = found[0].region  # of none
    return Judged(
        resource=Resource(change.account, region, change.resource_type, change.resource_id),
        compliance=change.compliance or NOT_APPLICABLE,
        annotation=change.annotation if change.compliance else "It is not judged any more.",
    )
