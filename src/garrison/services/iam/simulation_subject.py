"""Whom a simulation is about: a user, group or role of the account with its policies, changed as the request asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from garrison.arn import Arn, parse_arn
from garrison.errors import ApiError
from garrison.policy import (
    CompiledPrincipal,
    ContextValue,
    Levels,
    PrincipalIdentity,
    PrincipalType,
    Source,
    compile_principal,
)
from garrison.policy.context import lower_keys
from garrison.policy.glob import compile_pattern
from garrison.policy.sources import CompiledSource, compile_source
from garrison.services.iam.builtin import is_builtin
from garrison.services.iam.naming import find
from garrison.services.iam.principals import held_policies, policies_through
from garrison.services.iam.resources import Group, Role, User
from garrison.services.identity import Principal, Session, SessionIssuer

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

Entity = User | Group | Role

SESSION_NAME = "simulation"
"""The session name of a simulated role, whose callers always are sessions; `aws:userid` is left out for it."""

_KINDS: dict[str, type[User] | type[Group] | type[Role]] = {"user": User, "group": Group, "role": Role}


def invalid(message: str) -> ApiError:
    """InvalidInput with this message."""
    return ApiError("InvalidInput", message)


def entity_of_arn(call: Call, arn: str) -> Entity:
    """The user, group or role of the account that an ARN names; NoSuchEntity where there is none."""
    parts = iam_entity(arn, "PolicySourceArn")
    kind = _KINDS[parts.resource.partition("/")[0]]
    if parts.account != call.account:
        raise ApiError("AccessDenied", f"The account of {arn} is not {call.account}.", status=403)
    found: Entity = find(call.unit, kind, parts.name)
    if found.arn != arn:
        raise ApiError("NoSuchEntity", f"The {found.kind} with name {parts.name} cannot be found.")
    return found


def iam_entity(arn: str, member: str) -> Arn:
    """The parts of a user's, group's or role's ARN; InvalidInput for any other."""
    parts = parse_arn(arn)
    if parts is None or parts.service != "iam" or parts.resource.partition("/")[0] not in _KINDS or not parts.name:
        raise invalid(f"Invalid Entity Arn: {arn}: {member} must be the ARN of an IAM user, group or role.")
    return parts


def caller_of(entity: User | Role, call: Call) -> Principal:
    """The caller that a user is, or that a session of a role is."""
    if isinstance(entity, User):
        return Principal(
            kind="IAMUser",
            account=entity.account,
            arn=entity.arn,
            principal_id=entity.unique_id,
            user_name=entity.name,
        )
    issuer = SessionIssuer(
        type="Role",
        principal_id=entity.unique_id,
        arn=entity.arn,
        account=entity.account,
        user_name=entity.name,
    )
    session = Session(kind="assumed-role", issuer=issuer, name=SESSION_NAME, created_at=call.at, expires_at=call.at)
    return Principal(
        kind="AssumedRole",
        account=entity.account,
        arn=f"arn:aws:sts::{entity.account}:assumed-role/{entity.name}/{SESSION_NAME}",
        principal_id=f"{entity.unique_id}:{SESSION_NAME}",
        session=session,
    )


def compiled_entity(call: Call, entity: Entity) -> CompiledPrincipal:
    """An entity as policies see it, with everything that enforcement would ask: boundary and organization included."""
    if isinstance(entity, Group):
        identity = PrincipalIdentity(kind=PrincipalType.USER, account=entity.account, arn=entity.arn)
        return compile_principal(identity, held_policies(call.unit, entity))
    return policies_through(call.unit, caller_of(entity, call), entity)


def named_identity(unit: Unit, call: Call, arn: str | None) -> PrincipalIdentity:
    """The identity of a caller known by ARN alone; where the account has it, with its name, id and tags."""
    if arn is None:
        return PrincipalIdentity(kind=PrincipalType.USER, account=call.account)
    parts = iam_entity(arn, "CallerArn")
    kind = parts.resource.partition("/")[0]
    if parts.account == call.account and kind != "group":
        present = unit.get(_KINDS[kind], parts.name.lower())
        if present is not None and present.arn == arn and not isinstance(present, Group):
            return policies_through(unit, caller_of(present, call), present).identity
    if kind == "role":
        session_arn = f"arn:{parts.partition}:sts::{parts.account}:assumed-role/{parts.name}/{SESSION_NAME}"
        return PrincipalIdentity(kind=PrincipalType.ROLE_SESSION, account=parts.account, arn=session_arn, role_arn=arn)
    name = parts.name if kind == "user" else None
    return PrincipalIdentity(kind=PrincipalType.USER, account=parts.account, arn=arn, user_name=name)


def subject(
    identity: PrincipalIdentity,
    sources: Iterable[CompiledSource],
    *,
    boundary: Sequence[CompiledSource] | None,
    scps: Levels,
    rcps: Levels,
    context: Mapping[str, ContextValue],
) -> CompiledPrincipal:
    """A caller made of these policies. The request's context entries win over what follows from the identity."""
    compiled = CompiledPrincipal(
        identity,
        identity_sources=tuple(sources),
        boundary=None if boundary is None else tuple(boundary),
        session=None,
        scps=scps,
        rcps=rcps,
    )
    if identity.kind is PrincipalType.ROLE_SESSION:
        compiled.context.pop("aws:userid", None)  # nobody knows the session's name yet
    compiled.context.update(lower_keys(context))
    return compiled


def compiled_sources(sources: Iterable[Source]) -> tuple[CompiledSource, ...]:
    """Sources compiled, in their order."""
    return tuple(map(compile_source, sources))


Excludes = Callable[[str], bool]
"""Whether a policy, known by its source's name, is left out."""


def exclusions(identifiers: Iterable[Mapping[str, Any]]) -> tuple[Excludes, frozenset[str]]:
    """What a PolicyExclusionList leaves out: a test of identity policies, and the types named as a whole."""
    tests: list[Excludes] = []
    types: set[str] = set()
    for identifier in identifiers:
        if "PolicyType" in identifier:
            types.add(identifier["PolicyType"])
        elif "PolicyArn" in identifier:
            tests.append(_arn_test(identifier["PolicyArn"]))
        else:
            tests.append(_inline_test(identifier["InlinePolicyIdentifier"]))
    return lambda name: policy_type(name) in types or any(test(name) for test in tests), frozenset(types)


def policy_type(source_name: str) -> str:
    """The PolicyIdentifierPolicyType of an identity policy."""
    if not source_name.startswith("arn:"):
        return "inline"
    return "aws-managed" if is_builtin(source_name) else "user-managed"


def _arn_test(arn: str) -> Excludes:
    parts = parse_arn(arn)
    if parts is None or parts.service != "iam" or not parts.resource.startswith("policy/"):
        raise invalid(f"{arn} is not the ARN of a managed policy.")
    before = arn[: arn.rindex("/")]
    if re.search(r"[*?]", before) or parts.name.count("*") > 1:
        raise invalid(
            f"{arn} has a wildcard where none may stand: at most one * and any number of ? in the policy's name."
        )
    return compile_pattern(arn)


def _inline_test(identifier: Mapping[str, str]) -> Excludes:
    name = identifier["AttachmentName"]
    if name.count("*") > 1:
        raise invalid(f"{name} has more than one *.")
    holder = compile_pattern(name)

    def matches(source_name: str) -> bool:
        kind, _, rest = source_name.partition("/")
        held_by, _, policy = rest.partition("/")
        return kind == identifier["AttachmentType"] and policy == identifier["PolicyName"] and holder(held_by)

    return matches
