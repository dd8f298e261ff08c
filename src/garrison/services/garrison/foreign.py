"""What a record of another account says about authorization: who asked for what on what, and what it does not tell.

A record tells the action by its event's name, the caller, and some condition keys. It leaves out tags, most keys of services, and
now and then the resource: for these a replayed policy cannot be certain.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from garrison.policy import AuthorizationRequest, ContextValue, PrincipalIdentity, PrincipalType
from garrison.policy.actions import ActionFacts, action, is_known_action, resource_type
from garrison.policy.supposing import UNKNOWN_RESOURCE

Record = Mapping[str, Any]
IdentityMembers = tuple[str, str | None, str, str | None, str | None, str | None, str | None]
"""Type, account, ARN, principal id, user name, the role's ARN, and the service that it was invoked by."""

DENIED_CODES = frozenset(
    {"AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation", "UnauthorizedOperation", "Forbidden"}
)
"""What `errorCode` says of a call that policies refused."""
_TYPES = {
    "Root": PrincipalType.ROOT,
    "IAMUser": PrincipalType.USER,
    "AssumedRole": PrincipalType.ROLE_SESSION,
    "Role": PrincipalType.ROLE_SESSION,
    "FederatedUser": PrincipalType.FEDERATED_USER,
    "AWSService": PrincipalType.SERVICE,
    "SAMLUser": PrincipalType.SAML,
    "WebIdentityUser": PrincipalType.WEB_IDENTITY,
}
_TOLD = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principaltype",
        "aws:requestedregion",
        "aws:sourceidentity",
        "aws:sourceip",
        "aws:sourcevpce",
        "aws:tokenissuetime",
        "aws:useragent",
        "aws:userid",
        "aws:username",
        "aws:viaawsservice",
    }
)
"""The condition keys that a record tells: where one is absent, the request did not have it."""
_WITHOUT_ERROR = (True, False, False)
_VERSION = re.compile(r"\d{8}(v\d+)?$|_\d{4}_\d\d_\d\d$|\d{4}_\d\d_\d\d$")
"""What some services put after their event names, as `CreateFunction20150331`."""
_FIELD = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Question:
    """What policies were asked about a recorded call."""

    identity: PrincipalIdentity
    """The same object for the same caller."""
    action: str
    resource: str
    owner: str
    """The account of the resource."""
    was_allowed: bool
    was_explicitly_denied: bool
    is_identity_denial: bool
    """Whether the record says that it was for want of an identity-based policy."""


def is_unknown(key: str) -> bool:
    """Whether a key that a record lacks may all the same have had a value."""
    return key not in _TOLD


def action_of(record: Record) -> ActionFacts | None:
    """The action behind a record; None where it is no call, or its action is not known."""
    if record.get("eventType", "AwsApiCall") != "AwsApiCall":
        return None
    return _action(str(record.get("eventSource") or ""), str(record.get("eventName") or ""))


def question_of(record: Record, facts: ActionFacts) -> Question:
    """The question behind a record of an action."""
    identity = identity_of(record)
    was_allowed, was_explicitly_denied, is_identity_denial = outcome_of(record)
    account = str(record.get("recipientAccountId") or identity.account or "")
    resource, owner = _resource(record, facts, account)
    return Question(
        identity=identity,
        action=facts.name,
        resource=resource,
        owner=owner,
        was_allowed=was_allowed,
        was_explicitly_denied=was_explicitly_denied,
        is_identity_denial=is_identity_denial,
    )


def outcome_of(record: Record) -> tuple[bool, bool, bool]:
    """How a call ended: whether it was allowed, explicitly denied, and denied for want of an identity-based policy."""
    code, message = record.get("errorCode"), record.get("errorMessage")
    if code is None and message is None:
        return _WITHOUT_ERROR
    was_allowed, message = code not in DENIED_CODES, str(message or "")
    return was_allowed, not was_allowed and "explicit deny" in message, "no identity-based policy allows" in message


def request_of(record: Record, question: Question) -> AuthorizationRequest:
    """The question as policies are asked it, with the condition values that the record tells."""
    values = {key: told(record) for key, told in _VALUES.items()}
    context = {key: value for key, value in values.items() if value is not None}
    return AuthorizationRequest(question.action, question.resource, question.owner, context)


def value_of(record: Record, key: str) -> ContextValue | None:
    """The value of a condition key, in lower case, that a record tells."""
    told = _VALUES.get(key)
    return told(record) if told is not None else None


@lru_cache(maxsize=20_000)
def _action(source: str, name: str) -> ActionFacts | None:
    found = _action_name(source, name)
    return action(found) if found is not None else None


def _action_name(source: str, name: str) -> str | None:
    """The action that an event needed; None where it is not known."""
    host = source.removesuffix(".amazonaws.com")
    prefix = _names()["prefixes"].get(host, host)
    renamed = _names()["actions"].get(prefix, {})
    for candidate in (name, _VERSION.sub("", name)):
        found = f"{prefix}:{renamed.get(candidate, candidate)}"
        if is_known_action(found):
            return found
    return None


def identity_of(record: Record) -> PrincipalIdentity:
    """The caller of a record."""
    return _identity(*identity_members(record))


def identity_members(record: Record) -> IdentityMembers:
    """What a record tells of its caller, which is all that `identity_of` looks at."""
    told = record.get("userIdentity") or {}
    issuer = (told.get("sessionContext") or {}).get("sessionIssuer") or {}
    return (
        told.get("type") or "",
        told.get("accountId"),
        told.get("arn") or "",
        told.get("principalId"),
        told.get("userName"),
        issuer.get("arn"),
        told.get("invokedBy"),
    )


@lru_cache(maxsize=20_000)
def _identity(
    told: str, account: str | None, arn: str, user_id: str | None, name: str | None, role: str | None, by: str | None
) -> PrincipalIdentity:
    kind = _TYPES.get(told, PrincipalType.ANONYMOUS)
    return PrincipalIdentity(
        kind=kind,
        account=account,
        arn=arn,
        user_id=user_id,
        user_name=name if kind is PrincipalType.USER else None,
        role_arn=role if kind is PrincipalType.ROLE_SESSION else None,
        service=by if kind is PrincipalType.SERVICE else None,
        is_service_linked="/aws-service-role/" in (role or ""),
    )


def _session(record: Record) -> Mapping[str, Any]:
    return (record.get("userIdentity") or {}).get("sessionContext") or {}


def _attribute(record: Record, name: str) -> ContextValue | None:
    """An attribute of the session; only temporary credentials have it in their context."""
    if not str((record.get("userIdentity") or {}).get("accessKeyId") or "").startswith("ASIA"):
        return None
    found: ContextValue | None = (_session(record).get("attributes") or {}).get(name)
    return found


@lru_cache(maxsize=20_000)
def _address(text: Any) -> str | None:
    """An address; a service's name stands there for calls that it makes."""
    try:
        return str(ipaddress.ip_address(str(text)))
    except ValueError:
        return None


_VALUES: dict[str, Callable[[Record], ContextValue | None]] = {
    "aws:currenttime": lambda record: record.get("eventTime"),
    "aws:requestedregion": lambda record: record.get("awsRegion"),
    "aws:useragent": lambda record: record.get("userAgent"),
    "aws:sourceip": lambda record: _address(record.get("sourceIPAddress")),
    "aws:sourcevpce": lambda record: record.get("vpcEndpointId"),
    "aws:securetransport": lambda record: True if record.get("tlsDetails") else None,
    "aws:viaawsservice": lambda record: "invokedBy" in (record.get("userIdentity") or {}),
    "aws:sourceidentity": lambda record: _session(record).get("sourceIdentity"),
    "aws:tokenissuetime": lambda record: _attribute(record, "creationDate"),
    "aws:multifactorauthpresent": lambda record: _attribute(record, "mfaAuthenticated"),
}
"""The condition values that a record tells, by their keys in lower case."""


def _resource(record: Record, facts: ActionFacts, account: str) -> tuple[str, str]:
    """The resource that an action was asked on, and its account: from the record's list, else from the parameters."""
    if not facts.resources:
        return "*", account
    formats = _formats(facts.name)
    told = list(_arns(record))
    for arn_format in formats:
        fits = _pattern(arn_format)
        for arn, owner in told:
            if fits.fullmatch(arn):
                return arn, owner or account
    filled = next(_filled(record, formats, account), None)
    if filled is not None:
        return filled, account
    return (UNKNOWN_RESOURCE if any(use.required for use in facts.resources) else "*"), account


@lru_cache(maxsize=20_000)
def _formats(name: str) -> tuple[str, ...]:
    """The forms of the ARNs that an action may be asked on."""
    facts, service = action(name), name.partition(":")[0]
    uses = facts.resources if facts is not None else ()
    return tuple(found.arn_format for use in uses if (found := resource_type(service, use.name)) is not None)


def _arns(record: Record) -> Iterator[tuple[str, str]]:
    """Every ARN that a record names, and its account where that stands beside it."""
    listed = record.get("resources")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict):
            yield str(one.get("ARN") or one.get("arn") or ""), str(one.get("accountId") or "")
    for elements in (record.get("requestParameters"), record.get("responseElements")):
        values = list(elements.values()) if isinstance(elements, dict) else []
        for value in values:
            if isinstance(value, str) and value.startswith("arn:"):
                yield value, ""
            if isinstance(value, dict):
                yield str(value.get("arn") or ""), ""


def _filled(record: Record, formats: tuple[str, ...], account: str) -> Iterator[str]:
    """ARNs made of what the parameters say; only where every field is told."""
    parameters = record.get("requestParameters")
    if not isinstance(parameters, dict):
        return
    told = {str(name).lower(): value for name, value in parameters.items() if isinstance(value, str)}
    told |= {"partition": "aws", "region": str(record.get("awsRegion") or ""), "account": account}
    for arn_format in formats:
        fields = [field.lower() for field in _FIELD.findall(arn_format)]
        values = [told.get(field) or told.get(_FIELDS.get(field, "")) for field in fields]
        if all(values):
            remaining = iter(str(value) for value in values)
            yield _FIELD.sub(lambda _, remaining=remaining: next(remaining), arn_format)  # type: ignore[misc]


_FIELDS = {"objectname": "key"}
"""What parameters call a field of an ARN by another name."""


@cache
def _pattern(arn_format: str) -> re.Pattern[str]:
    """The ARNs of a format: fields before the resource have no colon."""
    head, _, _ = arn_format.rpartition(":")
    written = [re.escape(part) if number % 2 == 0 else None for number, part in enumerate(_FIELD.split(arn_format))]
    before = len(_FIELD.findall(head))
    fields = iter("[^:]*" if number < before else ".+" for number in range(len(written)))
    return re.compile("".join(part if part is not None else next(fields) for part in written), re.DOTALL)


@cache
def _names() -> dict[str, Any]:
    return tomllib.loads(files("garrison.services.garrison").joinpath("foreign.toml").read_text(encoding="utf-8"))
