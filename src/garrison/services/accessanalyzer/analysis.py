"""Look at the resource policies that Garrison holds and bring an analyzer's findings up to date."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from garrison.policy import MalformedPolicy, PolicyKind, parse_document
from garrison.policy.analysis.external import ExternalGrant, external_grants
from garrison.services.accessanalyzer.criteria import matches
from garrison.services.accessanalyzer.resources import ACTIVE, ARCHIVED, RESOLVED, AccessFinding, Analyzer
from garrison.services.iam.resources import Role
from garrison.store import Unit

ROLE_TYPE = "AWS::IAM::Role"
_NAMESPACE = uuid.UUID("6f0f4a5e-0f6b-5c3e-9a53-7d0a3a1f1c51")


def roles_of(unit: Unit) -> list[Role]:
    """The resources that analyzers look at: roles, by their trust policies. Service-linked ones trust AWS alone."""
    return [role for role in unit.page(Role) if role.service_linked_to is None]


def role_of(unit: Unit, arn: str) -> Role | None:
    """The role of an ARN, where it is one that analyzers look at."""
    role = unit.by_arn(Role, arn)
    return role if role is not None and role.account == unit.account and role.service_linked_to is None else None


def analyze(unit: Unit, analyzer: Analyzer, at: datetime, *, only: str | None = None) -> Analyzer:
    """Bring the findings about all resources, or about one, up to date; gives the analyzer as it is then.

    A grant that is new becomes a finding, one that is gone is resolved, one that came back is active again.
    """
    roles = roles_of(unit) if only is None else [role for role in (role_of(unit, only),) if role is not None]
    seen = {role.arn for role in roles}
    present: dict[str, list[AccessFinding]] = {}
    where = {"analyzer": analyzer.name} if only is None else {"analyzer": analyzer.name, "about": only}
    for finding in unit.page(AccessFinding, where=where):
        present.setdefault(finding.about, []).append(finding)
    for role in roles:
        _update(unit, analyzer, role, {one.id: one for one in present.get(role.arn, ())}, at)
    for about, findings in present.items():
        if about not in seen:
            _resolve(unit, findings, at)
    last = roles[-1].arn if roles else analyzer.last_resource
    return unit.save(replace(analyzer, last_resource=last, last_analyzed_at=at))


def _update(unit: Unit, analyzer: Analyzer, role: Role, present: dict[str, AccessFinding], at: datetime) -> None:
    current: set[str] = set()
    for grant in grants_of(role):
        finding = _finding(analyzer, role, grant, at)
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


def grants_of(role: Role) -> tuple[ExternalGrant, ...]:
    """What a role's trust policy grants outside the account."""
    try:
        document = parse_document(role.trust_policy, PolicyKind.TRUST)
    except MalformedPolicy:
        return ()
    return external_grants(document, role.account)


def _resolve(unit: Unit, findings: Iterable[AccessFinding], at: datetime) -> None:
    for finding in findings:
        if finding.status != RESOLVED:
            unit.save(replace(finding, status=RESOLVED, analyzed_at=at, updated_at=at))


def _finding(analyzer: Analyzer, role: Role, grant: ExternalGrant, at: datetime) -> AccessFinding:
    said = "\0".join((analyzer.arn, role.arn, grant.kind, grant.principal, *(f"{k}={v}" for k, v in grant.condition)))
    return AccessFinding(
        account=analyzer.account,
        region=analyzer.region,
        id=str(uuid.uuid5(_NAMESPACE, said)),
        analyzer=analyzer.name,
        about=role.arn,
        about_type=ROLE_TYPE,
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
