"""Role trust policies: checked when they come in, and bound to the very users and roles that they name.

A policy names principals by ARN, but means those who exist when it is saved: a user who is deleted and made again under the
same name is not trusted. IAM User Guide, "AWS JSON policy elements: Principal": the ARN turns into the principal's id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.identifiers import ROLE, USER
from garrison.policy import Document, MalformedPolicy, PolicyKind, parse_document
from garrison.services.iam.naming import lookup
from garrison.services.iam.quotas import QUOTAS
from garrison.services.iam.resources import Role, User

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|aws\.internal)")


def checked_trust_policy(call: Call, text: str) -> dict[str, str]:
    """The unique ids of the account's principals that a trust policy names; refused where it is malformed or names nobody."""
    document = _parsed(text)
    if len("".join(text.split())) > QUOTAS["AssumeRolePolicySize"]:
        raise ApiError("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {QUOTAS['AssumeRolePolicySize']}")
    trusted: dict[str, str] = {}
    for statement in document.statements:
        if statement.principal is None:
            continue
        for service in sorted(statement.principal.services):
            if not _SERVICE.fullmatch(service):
                raise _invalid_principal("SERVICE", service)
        trusted |= _identified(call.unit, call.account, statement.principal.aws)
    return trusted


def current_trust_policy(unit: Unit, role: Role) -> str:
    """A role's trust policy as it is now; see `current_policy`."""
    return current_policy(unit, role.trust_policy, role.trusted)


def current_policy(unit: Unit, text: str, named: Mapping[str, str]) -> str:
    """A policy as it is now, by the unique ids of the users and roles that it named when it was saved.

    Those that were renamed are under their new ARNs, those that have gone under their unique ids.
    """
    changed = {
        arn: _current_name(unit, _account_of(arn), unique_id)
        for arn, unique_id in named.items()
        if unique_id_of(unit, arn) != unique_id
    }
    if not changed:
        return text
    document = json.loads(text)
    written = document["Statement"]
    for statement in written if isinstance(written, list) else [written]:
        for element in ("Principal", "NotPrincipal"):
            if isinstance(statement.get(element), dict) and "AWS" in statement[element]:
                statement[element]["AWS"] = _renamed(statement[element]["AWS"], changed)
    return json.dumps(document, separators=(",", ":"))


def unique_id_of(unit: Unit, arn: str) -> str | None:
    """The unique id of the user or role, of any account here, that now has this ARN."""
    return _unique_id(unit, _account_of(arn), arn)


def _account_of(arn: str) -> str:
    return arn.split(":")[4]


def _parsed(text: str) -> Document:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ApiError("MalformedPolicyDocument", "This policy contains invalid Json") from error
    try:
        return parse_document(text, PolicyKind.TRUST)
    except MalformedPolicy as malformed:
        raise ApiError("MalformedPolicyDocument", str(malformed)) from malformed


def _identified(unit: Unit, account: str, names: Iterable[str]) -> dict[str, str]:
    """The unique ids of the users and roles of this account among the names. Those of other accounts cannot be looked up."""
    found: dict[str, str] = {}
    for name in sorted(names):
        arn = parse_arn(name)
        if arn is None:
            if name.startswith((USER, ROLE)):
                raise _invalid_principal("AWS", name)
            continue
        if arn.account != account or arn.resource == "root":
            continue
        kind = arn.resource.partition("/")[0]
        if arn.service == "iam":
            unique_id = _unique_id(unit, account, name)
            if unique_id is None:
                raise _invalid_principal("AWS", name)
            found[name] = unique_id
        elif kind == "assumed-role" and lookup(unit, Role, arn.resource.split("/")[1]) is None:
            raise _invalid_principal("AWS", name)
    return found


def _unique_id(unit: Unit, account: str, arn: str) -> str | None:
    """The unique id of the account's user or role that now has this ARN."""
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    name = rest.rpartition("/")[2]
    found: User | Role | None = None
    if kind == "user":
        found = lookup(unit, User, name, account)
    elif kind == "role":
        found = lookup(unit, Role, name, account)
    return found.unique_id if found is not None and found.arn == arn else None


def by_unique_id(unit: Unit, unique_id: str, account: str | None = None) -> User | Role | None:
    """The user or role with this unique id, whatever it is called now; of the unit's account where no other is named."""
    kind: type[User] | type[Role] = Role if unique_id.startswith(ROLE) else User
    return next(iter(unit.page(kind, where={"unique_id": unique_id}, limit=1, account=account)), None)


def _current_name(unit: Unit, account: str, unique_id: str) -> str:
    found = by_unique_id(unit, unique_id, account)
    return found.arn if found is not None else unique_id


def _renamed(names: Any, changed: Mapping[str, str]) -> Any:
    if isinstance(names, list):
        return [changed.get(name, name) for name in names]
    return changed.get(names, names)


def _invalid_principal(label: str, name: str) -> ApiError:
    return ApiError("MalformedPolicyDocument", f'Invalid principal in policy: "{label}":"{name}"')
