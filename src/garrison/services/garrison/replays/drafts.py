"""Make of what a request asks for the thing that looks at records, or say what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import msgspec

from garrison.arn import parse_arn
from garrison.policy import MalformedPolicy, PolicyKind, PrincipalIdentity
from garrison.policy.replay import Draft
from garrison.services.garrison.callers import compiled_caller, resource_policy
from garrison.services.garrison.faults import invalid
from garrison.services.garrison.replays.policies import ReplayedPolicy
from garrison.services.iam.resources import User

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from garrison.policy.estate import Estate
    from garrison.services.garrison.replays.groups import Groups
    from garrison.services.garrison.replays.records import PastEvent
    from garrison.services.garrison.replays.resources import Replay
    from garrison.store import Unit

POLICY_KINDS = {
    "IDENTITY_POLICY": PolicyKind.IDENTITY,
    "PERMISSIONS_BOUNDARY": PolicyKind.BOUNDARY,
    "SERVICE_CONTROL_POLICY": PolicyKind.SCP,
    "RESOURCE_POLICY": PolicyKind.RESOURCE,
    "TRUST_POLICY": PolicyKind.TRUST,
}
METRIC_FILTER, ALARM, SIGMA_RULE = "METRIC_FILTER", "ALARM", "SIGMA_RULE"


class Replayed(Protocol):
    """Something that looks at events and puts what it finds into groups."""

    groups: Groups
    skipped: int

    def feed(self, past: PastEvent) -> None:
        """Look at one event."""


def replayed_of(
    replay: Replay, unit: Unit, estate: Estate | None, placeholders: Mapping[str, Sequence[str]]
) -> Replayed:
    """What looks at records for a replay; raises ValidationException where it makes no sense."""
    if replay.kind in POLICY_KINDS:
        return _policy(replay, unit, estate)
    if replay.document is None:
        raise invalid(f"A replay of the kind {replay.kind} needs a Document.")
    if replay.kind == SIGMA_RULE:
        return _rule(replay.document, placeholders)
    return _alarm(replay.document) if replay.kind == ALARM else _pattern(replay.document)


def _policy(replay: Replay, unit: Unit, estate: Estate | None) -> Replayed:
    kind = POLICY_KINDS[replay.kind]
    if replay.document is None and replay.replaces is None and kind is not PolicyKind.BOUNDARY:
        raise invalid("Without a Document a policy is taken away: Replaces must name it.")
    if kind in (PolicyKind.IDENTITY, PolicyKind.BOUNDARY) and replay.principal is None:
        raise invalid(f"A replay of the kind {replay.kind} needs the Principal that the policy hangs on.")
    draft = Draft(
        kind,
        replay.replaces or "draft",
        replay.document,
        _holders(replay, unit, estate),
        resource=replay.resource,
        replaces=replay.replaces,
    )
    try:
        return ReplayedPolicy(
            draft,
            replay.account,
            lambda recorded: compiled_caller(unit, recorded),
            lambda resource: resource_policy(unit, resource),
            estate,
        )
    except MalformedPolicy as malformed:
        raise invalid(f"MalformedPolicyDocument: {malformed}") from malformed
    except ValueError as problem:
        raise invalid(f"{problem}.") from problem


def _holders(replay: Replay, unit: Unit, estate: Estate | None) -> Callable[[PrincipalIdentity], bool]:
    """Whether a caller is one that the draft hangs on: the named user or role, or a user of the named group."""
    if replay.principal is None:
        return lambda identity: identity.belongs_to_account
    named = parse_arn(replay.principal)
    if named is None or named.service != "iam":
        raise invalid(f"{replay.principal} is not the ARN of a user, role or group.")
    if not named.resource.startswith("group/"):
        return lambda identity: identity.principal_arn == replay.principal
    if estate is not None:
        raise invalid("Which users were in a group is known of this account only.")
    group = named.resource.rpartition("/")[2]
    members = frozenset(user.arn for user in unit.page(User) if group in user.groups)
    return lambda identity: identity.principal_arn in members


def _rule(text: str, placeholders: Mapping[str, Sequence[str]]) -> Replayed:
    from garrison.detect.sigma import Unusable, parse_rule
    from garrison.services.garrison.replays.picking import ReplayedRule

    try:
        return ReplayedRule(parse_rule(text, placeholders))
    except Unusable as problem:
        raise invalid(f"The rule cannot be used: {problem}.") from problem


def _pattern(text: str) -> Replayed:
    from garrison.detect.patterns import InvalidPattern, compile_pattern
    from garrison.services.garrison.replays.picking import ReplayedPattern

    try:
        return ReplayedPattern(compile_pattern(text))
    except InvalidPattern as problem:
        raise invalid(f"Invalid metric filter pattern: {problem}.") from problem


def _alarm(text: str) -> Replayed:
    from garrison.detect.patterns import InvalidPattern
    from garrison.services.garrison.replays.alarms import AlarmDraft, ReplayedAlarm

    try:
        return ReplayedAlarm(msgspec.json.decode(text, type=AlarmDraft))
    except InvalidPattern as problem:
        raise invalid(f"Invalid metric filter pattern: {problem}.") from problem
    except msgspec.DecodeError as problem:
        raise invalid(f"The alarm cannot be used: {problem}.") from problem
