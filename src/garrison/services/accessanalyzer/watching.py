"""Keep findings up to date: what resources grant is looked at again when a policy has changed, and each day in any case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from garrison.services.accessanalyzer.analysis import analyze, resources_of
from garrison.services.accessanalyzer.resources import REGIONS, Analyzer
from garrison.services.accessanalyzer.service import service
from garrison.services.held_policies import HeldPolicy
from garrison.services.organizations.members import accounts_here
from garrison.store import GLOBAL_REGION

if TYPE_CHECKING:
    from garrison.services.background import Workplace

EVERY = timedelta(seconds=1)
_AT_LEAST = timedelta(days=1)
"""IAM User Guide, "How IAM Access Analyzer findings work": all policies are looked at once a day."""

_seen: dict[str, bytes] = {}
"""What was analyzed last by this process, by the analyzers' ARNs."""


@service.task("analyze", every=EVERY)
def watch(place: Workplace) -> None:
    """Bring the findings of every analyzer up to date whose resources or policies are not those of its last analysis."""
    for account in accounts_here(place.parts):
        for analyzer in _analyzers(place, account):
            _look(place, analyzer)


def _analyzers(place: Workplace, account: str) -> list[Analyzer]:
    """The account's analyzers in every region that it has made one in."""
    with place.parts.store.reading(account, GLOBAL_REGION) as unit:
        regions = [entry.key for entry in unit.state_page(REGIONS)]
        return [one for region in regions for one in unit.page(Analyzer, region=region)]


def _look(place: Workplace, analyzer: Analyzer) -> None:
    store, now = place.parts.store, place.clock.now()
    with store.reading(analyzer.account, analyzer.region) as unit:
        held = _fingerprint(resources_of(unit))
    is_fresh = analyzer.last_analyzed_at is not None and now - analyzer.last_analyzed_at < _AT_LEAST
    if is_fresh and _seen.get(analyzer.arn) == held:
        return
    with store.writing(analyzer.account, analyzer.region, at=now) as unit:
        current = unit.get(Analyzer, analyzer.name)
        if current is not None:
            analyze(unit, current, now)
    _seen[analyzer.arn] = held


def _fingerprint(resources: Iterable[HeldPolicy]) -> bytes:
    digest = hashlib.sha256()
    for one in resources:
        digest.update(f"{len(one.arn)}:{one.arn}{len(one.text or '')}:{one.text or ''}".encode())
    return digest.digest()
