"""What a record of another account says about authorization: who asked for what on what, and what it does not tell.

A record tells the action by its event's name, the caller, and some condition keys. It leaves out tags, most keys of services, and
now and then the resource: for these a replayed policy cannot be certain.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from garrison.policy import AuthorizationRequest, ContextValue, PrincipalIdentity, PrincipalType
from garrison.policy.actions import ActionFacts, action, is_known_action, resource_type
from garrison.policy.supposing import UNKNOWN_RESOURCE

Record = Mapping[str, Any]

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
_VERSION = re.compile(r"\d{8}(v\d+)?$|_\d{4}_\d\d_\d\d$|\d{4}_\d\d_\d\d$")
"""What some services put after their event names, as `CreateFunction20150331`."""
_FIELD = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Question:
    """What policies were asked about a recorded call."""

    identity: PrincipalIdentity
    request: AuthorizationRequest
    was_allowed: bool
    was_explicitly_denied: bool
    is_identity_denial: bool
    """Whether the record says that it was for want of an identity-based policy."""


def is_unknown(key: str) -> bool:
    """Whether a key that a record lacks may all the same have had a value."""
    return key not in _TOLD


def question_of(record: Record) -> Question | None:
    """The question behind a record; None where it is no call, or its action is not known."""
    if record.get("eventType", "AwsApiCall") != "AwsApiCall":
        return None
    name = action_of(record)
    facts = action(name) if name is not None else None
    if facts is None:
        return None
    identity = identity_of(record)
    message = str(record.get("errorMessage") or "")
    was_allowed = record.get("errorCode") not in DENIED_CODES
    account = str(record.get("recipientAccountId") or identity.account or "")
    resource, owner = _resource(record, facts, account)
    return Question(
        identity=identity,
        request=AuthorizationRequest(facts.name, resource, owner, context_of(record)),
        was_allowed=was_allowed,
        was_explicitly_denied=not was_allowed and "explicit deny" in message,
        is_identity_denial="no identity-based policy allows" in message,
    )


def action_of(record: Record) -> str | None:
    """The action that a record's event needed; None where it is not known."""
    source, name = str(record.get("eventSource") or ""), str(record.get("eventName") or "")
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
    told = record.get("userIdentity") or {}
    session = told.get("sessionContext") or {}
    kind = _TYPES.get(told.get("type", ""), PrincipalType.ANONYMOUS)
    issuer = session.get("sessionIssuer") or {}
    return PrincipalIdentity(
        kind=kind,
        account=told.get("accountId"),
        arn=told.get("arn") or "",
        user_id=told.get("principalId"),
        user_name=told.get("userName") if kind is PrincipalType.USER else None,
        role_arn=issuer.get("arn") if kind is PrincipalType.ROLE_SESSION else None,
        service=told.get("invokedBy") if kind is PrincipalType.SERVICE else None,
        is_service_linked="/aws-service-role/" in (issuer.get("arn") or ""),
    )


def context_of(record: Record) -> dict[str, ContextValue]:
    """The condition values that a record tells."""
    told = record.get("userIdentity") or {}
    session = told.get("sessionContext") or {}
    attributes = session.get("attributes") or {}
    is_temporary = str(told.get("accessKeyId") or "").startswith("ASIA")
    values: dict[str, ContextValue | None] = {
        "aws:CurrentTime": record.get("eventTime"),
        "aws:RequestedRegion": record.get("awsRegion"),
        "aws:UserAgent": record.get("userAgent"),
        "aws:SourceIp": _address(record.get("sourceIPAddress")),
        "aws:SourceVpce": record.get("vpcEndpointId"),
        "aws:SecureTransport": True if record.get("tlsDetails") else None,
        "aws:ViaAWSService": "invokedBy" in told,
        "aws:SourceIdentity": session.get("sourceIdentity"),
        "aws:TokenIssueTime": attributes.get("creationDate") if is_temporary else None,
        "aws:MultiFactorAuthPresent": attributes.get("mfaAuthenticated") if is_temporary else None,
    }
    return {key: value for key, value in values.items() if value is not None}


def _address(text: Any) -> str | None:
    """An address; a service's name stands there for calls that it makes."""
    try:
        return str(ipaddress.ip_address(str(text)))
    except ValueError:
        return None


def _resource(record: Record, facts: ActionFacts, account: str) -> tuple[str, str]:
    """The resource that an action was asked on, and its account: from the record's list, else from the parameters."""
    if not facts.resources:
        return "*", account
    service = facts.name.partition(":")[0]
    formats = [found.arn_format for use in facts.resources if (found := resource_type(service, use.name)) is not None]
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


def _arns(record: Record) -> Iterator[tuple[str, str]]:
    """Every ARN that a record names, and its account where that stands beside it."""
    for one in record.get("resources") or ():
        if isinstance(one, Mapping):
            yield str(one.get("ARN") or one.get("arn") or ""), str(one.get("accountId") or "")
    for elements in (record.get("requestParameters"), record.get("responseElements")):
        values = list(elements.values()) if isinstance(elements, Mapping) else []
        for value in values:
            if isinstance(value, str) and value.startswith("arn:"):
                yield value, ""
            if isinstance(value, Mapping):
                yield str(value.get("arn") or ""), ""


def _filled(record: Record, formats: list[str], account: str) -> Iterator[str]:
    """ARNs made of what the parameters say; only where every field is told."""
    parameters = record.get("requestParameters")
    if not isinstance(parameters, Mapping):
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
