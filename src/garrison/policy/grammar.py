"""What each kind of policy must say and must not: versions, Sids, actions, resources, principals, in AWS's words.

Source: IAM user guide, "Grammar of the IAM JSON policy language" and "IAM JSON policy elements"; Organizations user guide,
"RCP syntax"; the messages are those of IAM's MalformedPolicyDocument.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .conditions.dates import seconds_of
from .document import CURRENT_VERSION, Document, Effect, PolicyKind, Statement
from .malformed import SYNTAX, MalformedPolicy

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
_VENDOR = re.compile(r"[A-Za-z0-9.-]+")
_PARTITION = re.compile(r"aws(-[a-z0-9]+)*")
_SID = re.compile(r"[0-9A-Za-z]*")
_ACCOUNT = re.compile(r"[0-9]{12}")
_UNIQUE_ID = re.compile(r"[A-Z][A-Z0-9]{15,127}")
_PRINCIPAL_ARN = re.compile(r"arn:[a-z0-9-]+:(iam|sts)::[0-9]{12}:[^*?]+")


def check_document(document: Document, *, require_current_version: bool) -> None:
    """Raise MalformedPolicy for the first rule that the document breaks."""
    if require_current_version and document.version != CURRENT_VERSION:
        raise MalformedPolicy("Policy document must be version 2012-10-17 or greater.", "/Version")
    _check_sids(document)
    for statement in document.statements:
        place = f"/Statement/{statement.index}"
        _check_principal(document.kind, statement, place)
        _check_actions(document.kind, statement, place)
        _check_resources(document.kind, statement, place)
        _check_conditions(statement, f"{place}/Condition")


def _check_sids(document: Document) -> None:
    seen: set[str] = set()
    for statement in document.statements:
        if statement.sid is None:
            continue
        place = f"/Statement/{statement.index}/Sid"
        if statement.sid in seen:
            raise MalformedPolicy("Statement IDs (SID) in a single policy must be unique.", place)
        if document.kind is not PolicyKind.RESOURCE and not _SID.fullmatch(statement.sid):
            raise MalformedPolicy("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
                                  f"expression {_SID.pattern}", place)  # fmt: skip
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
    if not statement.actions:
        missing = (
            "Policy statement must contain actions." if kind in _HELD_BY_PRINCIPALS else "Missing required field Action"
        )
        raise MalformedPolicy(missing, place)
    for index, action in enumerate(statement.actions):
        _check_vendor(action, f"{place}/{element}/{index}")
        if kind is PolicyKind.TRUST and not _is_trust_action(action):
            raise MalformedPolicy(
                "AssumeRole policy may only specify STS AssumeRole actions.", f"{place}/{element}/{index}"
            )
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


def _check_resources(kind: PolicyKind, statement: Statement, place: str) -> None:
    element = "NotResource" if statement.not_resource else "Resource"
    if kind is PolicyKind.TRUST:
        if statement.resources or statement.not_resource:
            raise MalformedPolicy("Has prohibited field Resource", f"{place}/{element}")
        return
    if not statement.resources:
        held = kind in _HELD_BY_PRINCIPALS
        raise MalformedPolicy(
            "Policy statement must contain resources." if held else "Missing required field Resource", place
        )
    for index, resource in enumerate(statement.resources):
        _check_arn(resource, f"{place}/{element}/{index}")


def _check_arn(resource: str, place: str) -> None:
    if resource == "*":
        return
    fields = resource.split(":", 5)
    if fields[0] != "arn" or len(fields) < 2:
        raise MalformedPolicy(f'Resource {resource} must be in ARN format or "*".', place)
    partition = fields[1]
    if not _is_open(partition) and not _PARTITION.fullmatch(partition):
        rest = ":".join((fields[2:] + ["*"] * 4)[:4])
        raise MalformedPolicy(f'Partition "{partition}" is not valid for resource "arn:{partition}:{rest}".', place)
    if len(fields) < 3 or not fields[2]:
        raise MalformedPolicy("Resource vendor must be fully qualified and cannot contain regexes.", place)
    if fields[2] == "iam" and len(fields) == 6:
        _check_iam_arn(resource, fields[3], fields[5], place)


def _check_iam_arn(resource: str, region: str, path: str, place: str) -> None:
    if region and not _is_open(region):
        raise MalformedPolicy(f"IAM resource {resource} cannot contain region information.", place)
    known = any(path.startswith(start) or start.startswith(_before_wildcard(path)) for start in _IAM_PATHS)
    if path != "root" and not known:
        starts = ", ".join(_IAM_PATHS)
        raise MalformedPolicy(f'IAM resource path must either be "*" or start with {starts}.', place)


def _before_wildcard(path: str) -> str:
    """The literal start of a pattern, or the whole of a text without one, which then is the start of nothing."""
    found = re.search(r"[*?]|\$\{", path)
    return path[: found.start()] if found else path + "\0"


def _is_open(text: str) -> bool:
    """Whether wildcards or variables leave a field open."""
    return "*" in text or "?" in text or "${" in text


def _check_conditions(statement: Statement, place: str) -> None:
    for condition in statement.conditions:
        here = f"{place}/{condition.written_operator}/{condition.key.replace('/', '~1')}"
        if ":" not in condition.key:
            raise MalformedPolicy("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", here)
        if condition.operator.startswith("Date") and any(seconds_of(value) is None for value in condition.values):
            raise MalformedPolicy("The policy failed legacy parsing", here)
