"""ValidatePolicy: everything that is wrong, risky or needless in the text of a policy."""

from __future__ import annotations

import re

from ...document import PolicyKind
from .breadth import check_delegation, check_principals
from .conditions import check_conditions
from .elements import Place, check_policy
from .findings import Finding, Findings
from .names import check_actions, check_resources
from .positions import JsonSyntaxError, parse, text_of

MANAGED_POLICY_QUOTA = 6144
"""Characters of a managed policy, white space not counted (IAM user guide, "IAM and STS quotas")."""
SCP_QUOTA = 10_240
"""Characters of a service control policy (Organizations user guide, "Quotas")."""
MAX_POLICY_CHARACTERS = 300_000
"""Above AWS's largest own policies; the service refuses longer ones."""


def validate_policy(text: str, kind: PolicyKind = PolicyKind.IDENTITY) -> tuple[Finding, ...]:
    """Everything that the checks find, in the order of the text. Takes any text, however broken."""
    findings = Findings(text_of(text))
    try:
        root = parse(text)
    except JsonSyntaxError as error:
        at = min(error.offset, len(text))
        position = text_of(text).position(at)
        findings.add("JSON_SYNTAX_ERROR", (), (at, at), index=at, line=position.line, column=position.column)
        return findings.ordered()
    for place in (places := check_policy(root, kind, findings)):
        if findings.is_full:
            break
        check_principals(place, findings)
        check_actions(place, findings)
        check_resources(place, findings)
        check_conditions(place, findings)
        check_delegation(place, findings)
    _check_repetition(places, text, findings)
    _check_size(text, kind, root.start, root.end, findings)
    return findings.ordered()


def _check_repetition(places: list[Place], text: str, findings: Findings) -> None:
    """Statements that an earlier one repeats, their Sids aside."""
    seen: set[tuple[tuple[str, str], ...]] = set()
    for place in places:
        said = tuple(
            sorted(
                (member.key, text[member.node.start : member.node.end])
                for member in place.node.members
                if member.key != "Sid"
            )
        )
        if said in seen:
            findings.add("REDUNDANT_STATEMENT", place.path, place.node)
        seen.add(said)


def _check_size(text: str, kind: PolicyKind, start: int, end: int, findings: Findings) -> None:
    if kind is PolicyKind.IDENTITY:
        size = len(re.sub(r"\s", "", text))
        if size > MANAGED_POLICY_QUOTA:
            findings.add(
                "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", (), (start, end), size=size, quota=MANAGED_POLICY_QUOTA
            )
    elif kind is PolicyKind.SCP and len(text) > SCP_QUOTA:
        findings.add("POLICY_SIZE_EXCEEDS_SCP_QUOTA", (), (start, end), size=len(text), quota=SCP_QUOTA)
