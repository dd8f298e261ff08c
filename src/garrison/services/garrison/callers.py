"""Callers to explain: a user or role named in a request, or whoever made a recorded call, with the policies of today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.policy import CompiledPrincipal, CompiledResourcePolicy, ContextValue
from garrison.policy.context import lower_keys
from garrison.services.garrison.faults import invalid, not_found
from garrison.services.held_policies import held_policy
from garrison.services.iam.naming import lookup
from garrison.services.iam.principals import policies_of, policies_through
from garrison.services.iam.resources import Role, User
from garrison.services.iam.simulation_subject import caller_of
from garrison.services.identity import Principal, Session, SessionIssuer

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.garrison.events import Recorded
    from garrison.store import Unit

_UNKNOWN_AT = datetime(1970, 1, 1, tzinfo=UTC)


def named_entity(call: Call, written: str) -> User | Role | None:
    """The user or role that a request names; None for the account's root.

    By ARN (of a session too, which means its role), as `user/NAME` or `role/NAME`, or as a user's bare name.
    """
    if written in ("root", f"arn:aws:iam::{call.account}:root"):
        return None
    arn = parse_arn(written)
    if arn is not None and arn.account != call.account:
        raise not_found(f"{written} is not of account {call.account}.")
    kind, _, rest = (arn.resource if arn is not None else written).partition("/")
    if not rest:
        kind, rest = "user", kind
    name = rest.split("/")[0] if kind == "assumed-role" else rest.rpartition("/")[2]
    found: User | Role | None = None
    if kind == "user":
        found = lookup(call.unit, User, name)
    elif kind in ("role", "assumed-role"):
        found = lookup(call.unit, Role, name)
    else:
        raise invalid(f"{written} names neither a user nor a role.")
    if found is None:
        raise not_found(f"There is no {kind} {name}.")
    return found


def check_action(name: str) -> None:
    """Refuse what is no whole name of one action."""
    service, _, action = name.partition(":")
    if not service or not action or "*" in name or "?" in name:
        raise invalid("Action is the whole name of one action: s3:GetObject.")


def arn_of(call: Call, entity: User | Role | None) -> str:
    """The ARN of a named entity."""
    return f"arn:aws:iam::{call.account}:root" if entity is None else entity.arn


def root_of(call: Call) -> Principal:
    """The root of the account."""
    arn = f"arn:aws:iam::{call.account}:root"
    return Principal(kind="Root", account=call.account, arn=arn, principal_id=call.account)


def compiled_named(call: Call, entity: User | Role | None, context: Mapping[str, ContextValue]) -> CompiledPrincipal:
    """A named caller with its policies; values of the request win over what follows from it."""
    if entity is None:
        compiled = policies_of(call.unit, root_of(call))
    else:
        compiled = policies_through(call.unit, caller_of(entity, call), entity)
        if isinstance(entity, Role):
            compiled.context.pop("aws:userid", None)
    compiled.context.update(lower_keys(context))
    return compiled


def compiled_recorded(unit: Unit, recorded: Recorded) -> CompiledPrincipal:
    """Who made a recorded call, with the policies of today and the condition values of then."""
    compiled = compiled_caller(unit, recorded)
    compiled.context.update(lower_keys(recorded.own.get("context") or {}))
    return compiled


def compiled_caller(unit: Unit, recorded: Recorded) -> CompiledPrincipal:
    """Who made a recorded call, with the policies of today, and no values of the call's own."""
    return policies_of(unit, _principal(recorded))


def resource_policy(unit: Unit, resource: str) -> CompiledResourcePolicy | None:
    """The policy of a resource that Garrison holds, or of the one that it lies in."""
    found = held_policy(unit, resource)
    return found.compiled() if found is not None else None


def _principal(recorded: Recorded) -> Principal:
    identity = recorded.record["userIdentity"]
    arn, account = identity.get("arn", ""), identity.get("accountId", "")
    return Principal(
        kind=identity["type"],
        account=account,
        arn=arn,
        principal_id=identity.get("principalId", ""),
        user_name=identity.get("userName"),
        session=_session(recorded, identity),
        invoked_by=identity.get("invokedBy"),
    )


def _session(recorded: Recorded, identity: dict[str, Any]) -> Session | None:
    """The session that made the call, with the policies that were passed to it."""
    context = identity.get("sessionContext") or {}
    issuer, passed = context.get("sessionIssuer"), recorded.own.get("session") or {}
    if issuer is None and not (identity.get("accessKeyId") or "").startswith("ASIA"):
        return None
    kinds = {"AssumedRole": "assumed-role", "FederatedUser": "federated-user"}
    own = "console" if recorded.record.get("sessionCredentialFromConsole") == "true" else "session"
    made_by = issuer or {"type": identity["type"], **identity}
    values = recorded.own.get("context") or {}
    proved = str(values.get("aws:MultiFactorAuthPresent", "")).lower() == "true"
    return Session(
        kind=kinds.get(identity["type"], own),
        issuer=SessionIssuer(
            type=made_by["type"],
            principal_id=made_by.get("principalId", ""),
            arn=made_by.get("arn", ""),
            account=made_by.get("accountId", ""),
            user_name=made_by.get("userName"),
        ),
        name=identity.get("arn", "").rpartition("/")[2],
        created_at=_UNKNOWN_AT,
        expires_at=_UNKNOWN_AT,
        mfa_at=_UNKNOWN_AT if proved else None,
        policies=tuple(passed["policies"]) if passed.get("policies") else None,
        policy_arns=tuple(passed.get("policyArns") or ()),
    )
