"""Look at the resource policies that Garrison holds and bring an analyzer's findings up to date."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from msgspec.structs import replace

from garrison.policy import MalformedPolicy, PolicyKind, parse_document
from garrison.policy.analysis.external import ExternalGrant, external_grants
from garrison.services.accessanalyzer.criteria import matches
from garrison.services.accessanalyzer.resources import ACTIVE, ARCHIVED, RESOLVED, AccessFinding, Analyzer
from garrison.services.held_policies import HeldPolicy, held_policies, held_policy
from garrison.store import Unit

_SERVICE_LINKED = ":role/aws-service-role/"
_NAMESPACE = uuid.UUID("6f0f4a5e-0f6b-5c3e-9a53-7d0a3a1f1c51")


def resources_of(unit: Unit, resource_type: str | None = None) -> list[HeldPolicy]:
    """The resources that analyzers look at. Service-linked roles are none: they trust AWS alone."""
    return [one for one in held_policies(unit, resource_type) if _SERVICE_LINKED not in one.arn]


def resource_of(unit: Unit, arn: str) -> HeldPolicy | None:
    """The resource of an ARN, where it is one that analyzers look at."""
    found = held_policy(unit, arn)
    is_own = found is not None and found.arn == arn and found.account == unit.account
    return found if is_own and _SERVICE_LINKED not in arn else None


def analyze(unit: Unit, analyzer: Analyzer, at: datetime, *, only: str | None = None) -> Analyzer:
    """Bring the findings about all resources, or about one, up to date; gives the analyzer as it is then.

    A grant that is new becomes a finding, one that is gone is resolved, one that came back is active again.
    """
    resources = resources_of(unit) if only is None else [one for one in (resource_of(unit, only),) if one is not None]
    seen = {resource.arn for resource in resources}
    present: dict[str, list[AccessFinding]] = {}
    where = {"analyzer": analyzer.name} if only is None else {"analyzer": analyzer.name, "about": only}
    for finding in unit.page(AccessFinding, where=where):
        present.setdefault(finding.about, []).append(finding)
    for resource in resources:
        _update(unit, analyzer, resource, {one.id: one for one in present.get(resource.arn, ())}, at)
    for about, findings in present.items():
        if about not in seen:
            _resolve(unit, findings, at)
    last = resources[-1].arn if resources else analyzer.last_resource
    return unit.save(replace(analyzer, last_resource=last, last_analyzed_at=at))


def _update(
    unit: Unit, analyzer: Analyzer, resource: HeldPolicy, present: dict[str, AccessFinding], at: datetime
) -> None:
    current: set[str] = set()
    for grant in grants_of(resource):
        finding = _finding(analyzer, resource, grant, at)
        current.add(finding.id)
        known = present.get(finding.id)
        if known is None:
            unit.add(_archived_by_rules(analyzer, finding))
        elif known.status == RESOLVED or known.action != finding.action or known.is_public != finding.is_public:
            changed = replace(
                known, action=finding.action, is_public=finding.is_public, analyzed_at=at, updated_at=at, status=ACTIVE
            )
            unit.save(_archived_by_rules(analyzer, changed))
    _resolve(unit, (one for one in present.values() if one.id not in current), at)


def grants_of(resource: HeldPolicy) -> tuple[ExternalGrant, ...]:
    """What a resource's policy grants outside the account."""
    return () if resource.text is None else _granted(resource.text, resource.kind, resource.account)


@lru_cache(maxsize=4096)
def _granted(text: str, kind: PolicyKind, account: str) -> tuple[ExternalGrant, ...]:
    """What a policy grants outside an account; proved once, since most policies are the same at the next look."""
    try:
        return external_grants(parse_document(text, kind), account)
    except MalformedPolicy:
        return ()


def _resolve(unit: Unit, findings: Iterable[AccessFinding], at: datetime) -> None:
    for finding in findings:
        if finding.status != RESOLVED:
            unit.save(replace(finding, status=RESOLVED, analyzed_at=at, updated_at=at))


def _finding(analyzer: Analyzer, resource: HeldPolicy, grant: ExternalGrant, at: datetime) -> AccessFinding:
    said = "\0".join(
        (analyzer.arn, resource.arn, grant.kind, grant.principal, *(f"{k}={v}" for k, v in grant.condition))
    )
    return AccessFinding(
        account=analyzer.account,
        region=analyzer.region,
        id=str(uuid.uuid5(_NAMESPACE, said)),
        analyzer=analyzer.name,
        about=resource.arn,
        about_type=resource.resource_type,
        principal={grant.kind: grant.principal},
        action=grant.actions,
        condition=dict(grant.condition),
        is_public=grant.is_public,
        created_at=at,
        analyzed_at=at,
        updated_at=at,
    )


def _archived_by_rules(analyzer: Analyzer, finding: AccessFinding) -> AccessFinding:
    """The finding, archived where a rule says so."""
    if any(matches(rule.filter, finding) for rule in analyzer.archive_rules):
        return replace(finding, status=ARCHIVED)
    return finding
