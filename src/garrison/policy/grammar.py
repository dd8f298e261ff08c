"""What each kind of policy must say and must not: versions, Sids, actions, resources, principals, in AWS's words.

Source: IAM user guide, "Grammar of the IAM JSON policy language" and "IAM JSON policy elements"; Organizations user guide,
"RCP syntax"; the messages are those of IAM's MalformedPolicyDocument.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from .conditions import OPERATORS
from .conditions.addresses import network_of
from .conditions.dates import seconds_of
from .document import CURRENT_VERSION, Document, Effect, PolicyKind, Statement
from .malformed import LEGACY, SYNTAX, MalformedPolicy

_HELD_BY_PRINCIPALS = frozenset({PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP})
_TRUST_ACTIONS = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setsourceidentity",
        "sts:setcontext",
        "sts:tagsession",
    }
)
_IAM_PATHS = (
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
)
_READERS: dict[str, Callable[[str], bool]] = {
    **{name: lambda value: seconds_of(value) is not None for name in OPERATORS if name.startswith("Date")},
    **{name: lambda value: network_of(value) is not None for name in ("IpAddress", "NotIpAddress")},
}
"""How to tell that an operator's policy value means something."""
_VENDOR = re.compile(r"[A-Za-z0-9.-]+")
_PARTITION = re.compile(r"aws(-[a-z0-9]+)*")
_SID = re.compile(r"[0-9A-Za-z]*")
_ACCOUNT = re.compile(r"[0-9]{12}")
_UNIQUE_ID = re.compile(r"[A-Z][A-Z0-9]{15,127}")
_PRINCIPAL_ARN = re.compile(r"arn:[a-z0-9-]+:(iam|sts)::[0-9]{12}:[^*?]+")


def check_document(document: Document, miscased_effects: Sequence[str], *, require_current_version: bool) -> None:
    """Raise MalformedPolicy for the first rule that the document breaks, in the order in which IAM looks.

    `miscased_effects` are the places of effects written as `allow` or `DENY`.
    """
    if require_current_version and document.version != CURRENT_VERSION:
        raise MalformedPolicy("Policy document must be version 2012-10-17 or greater.", "/Version")
    placed = [(statement, f"/Statement/{statement.index}") for statement in document.statements]
    if miscased_effects:
        raise MalformedPolicy(LEGACY, miscased_effects[0])
    for statement, place in placed:
        _check_condition_values(statement, f"{place}/Condition")
    faulty_resource = _first_faulty_resource(placed)
    _check_sids(document)
    for statement, place in placed:
        _check_principal(document.kind, statement, place)
        if not statement.actions:
            held = document.kind in _HELD_BY_PRINCIPALS
            raise MalformedPolicy(
                "Policy statement must contain actions." if held else "Missing required field Action", place
            )
    if faulty_resource is not None:
        raise faulty_resource
    for statement, place in placed:
        _check_actions(document.kind, statement, place)
    for statement, place in placed:
        _check_resource_presence(document.kind, statement, place)


def _check_sids(document: Document) -> None:
    seen: set[str] = set()
    for statement in document.statements:
        if statement.sid is None:
            continue
        place = f"/Statement/{statement.index}/Sid"
        if statement.sid in seen:
            raise MalformedPolicy("Statement IDs (SID) in a single policy must be unique.", place)
        if document.kind is not PolicyKind.RESOURCE and not _SID.fullmatch(statement.sid):
            raise MalformedPolicy(
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
                + _SID.pattern,
                place,
            )
        seen.add(statement.sid)


def _check_principal(kind: PolicyKind, statement: Statement, place: str) -> None:
    principal = statement.principal
    if kind in _HELD_BY_PRINCIPALS:
        if principal is not None:
            raise MalformedPolicy("Policy document should not specify a principal.", f"{place}/Principal")
        return
    if principal is None:
        raise MalformedPolicy("Missing required field Principal", place)
    if kind is PolicyKind.RCP:
        if not principal.everyone or principal.negated:
            raise MalformedPolicy(SYNTAX, f"{place}/Principal")
        return
    place = f"{place}/{'NotPrincipal' if principal.negated else 'Principal'}"
    _check_names("AWS", principal.aws, _is_aws_principal, place)
    _check_names("Service", principal.services, _is_exact, place)
    _check_names("Federated", principal.federated, _is_exact, place)
    _check_names("CanonicalUser", principal.canonical_users, _is_exact, place)
    named = principal.aws | principal.services | principal.federated | principal.canonical_users
    if not principal.everyone and not named:
        raise MalformedPolicy("Missing required field Principal cannot be empty!", place)


def _check_names(label: str, names: frozenset[str], is_valid: Callable[[str], bool], place: str) -> None:
    for name in sorted(names):
        if not is_valid(name):
            raise MalformedPolicy(f'Invalid principal in policy: "{label}":"{name}"', f"{place}/{label}")


def _is_aws_principal(name: str) -> bool:
    return name == "*" or any(form.fullmatch(name) for form in (_ACCOUNT, _UNIQUE_ID, _PRINCIPAL_ARN))


def _is_exact(name: str) -> bool:
    return bool(name) and not {"*", "?"} & set(name)


def _check_actions(kind: PolicyKind, statement: Statement, place: str) -> None:
    element = "NotAction" if statement.not_action else "Action"
    for index, action in enumerate(statement.actions):
        here = f"{place}/{element}/{index}"
        _check_vendor(action, here)
        if kind is PolicyKind.TRUST and not _is_trust_action(action):
            raise MalformedPolicy("AssumeRole policy may only specify STS AssumeRole actions.", here)
    if kind is PolicyKind.RCP and (statement.not_action or (statement.effect is Effect.ALLOW and not _full(statement))):
        raise MalformedPolicy(SYNTAX, place)


def _full(statement: Statement) -> bool:
    """The one Allow that an RCP may hold: RCPFullAWSAccess."""
    return statement.actions == ("*",) and statement.resources == ("*",) and not statement.conditions


def _check_vendor(action: str, place: str) -> None:
    if action == "*":
        return
    vendor, colon, name = action.partition(":")
    if not colon:
        raise MalformedPolicy("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", place)
    if ":" in name:
        raise MalformedPolicy("Actions/Condition can contain only one colon.", place)
    if vendor != "*" and not _VENDOR.fullmatch(vendor):
        raise MalformedPolicy(f"Vendor {vendor} is not valid", place)


def _is_trust_action(action: str) -> bool:
    vendor, _, name = action.lower().partition(":")
    return vendor == "sts" and (action.lower() in _TRUST_ACTIONS or "*" in name or "?" in name)


def _check_resource_presence(kind: PolicyKind, statement: Statement, place: str) -> None:
    if kind is PolicyKind.TRUST:
        if statement.resources or statement.not_resource:
            element = "NotResource" if statement.not_resource else "Resource"
            raise MalformedPolicy("Has prohibited field Resource", f"{place}/{element}")
    elif not statement.resources:
        held = kind in _HELD_BY_PRINCIPALS
        raise MalformedPolicy(
            "Policy statement must contain resources." if held else "Missing required field Resource", place
        )


def _first_faulty_resource(placed: Sequence[tuple[Statement, str]]) -> MalformedPolicy | None:
    """The fault of the first resource that has one. Resources without a fault must also have the shape of an ARN."""
    for statement, place in placed:
        element = "NotResource" if statement.not_resource else "Resource"
        for index, resource in enumerate(statement.resources):
            here = f"{place}/{element}/{index}"
            fault = _resource_fault(resource)
            if fault is not None:
                return MalformedPolicy(fault, here)
            if resource != "*" and not _is_shaped(resource):
                raise MalformedPolicy(LEGACY, here)
    return None


def _is_shaped(resource: str) -> bool:
    """Whether fields may be missing: only at the end, so never where an empty one stands before them."""
    return bool(resource.split(":")[2]) and (resource.count(":") >= 5 or "::" not in resource)


def _resource_fault(resource: str) -> str | None:
    if resource == "*":
        return None
    fields = resource.split(":", 5)
    if len(fields) < 2:
        return f'Resource {resource} must be in ARN format or "*".'
    partition = fields[1]
    if not _is_open(partition) and not _PARTITION.fullmatch(partition):
        rest = ":".join((fields[2:] + ["*"] * 4)[:4])
        return f'Partition "{partition}" is not valid for resource "arn:{partition}:{rest}".'
    if len(fields) < 3:
        return "Resource vendor must be fully qualified and cannot contain regexes."
    if len(fields) == 6 and fields[2] == "iam":
        return _iam_fault(resource, fields[3], fields[5])
    if len(fields) == 6 and fields[2] == "s3" and fields[3] and not fields[4]:
        return f"Resource {resource} can not contain region information."
    return None


def _iam_fault(resource: str, region: str, path: str) -> str | None:
    if region and not _is_open(region):
        return f"IAM resource {resource} cannot contain region information."
    known = any(path.startswith(start) or start.startswith(_before_wildcard(path)) for start in _IAM_PATHS)
    if path != "root" and not known:
        return f'IAM resource path must either be "*" or start with {", ".join(_IAM_PATHS)}.'
    return None


def _before_wildcard(path: str) -> str:
    """The literal start of a pattern, or the whole of a text without one, which then is the start of nothing."""
    found = re.search(r"[*?]|\$\{", path)
    return path[: found.start()] if found else path + "\0"


def _is_open(text: str) -> bool:
    """Whether wildcards or variables leave a field open."""
    return "*" in text or "?" in text or "${" in text


def _check_condition_values(statement: Statement, place: str) -> None:
    """Dates must be dates and address ranges ranges: a Deny that could never apply is nobody's intention."""
    for condition in statement.conditions:
        is_readable = _READERS.get(condition.operator)
        if is_readable is not None and not all(map(is_readable, condition.values)):
            raise MalformedPolicy(LEGACY, f"{place}/{condition.written_operator}/{condition.key.replace('/', '~1')}")
