"""Whether an ARN means a principal: of accounts kept here it must be there, of others its form has to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from garrison.arn import parse_arn
from garrison.services.iam.naming import lookup
from garrison.services.iam.resources import Account, Role, User

if TYPE_CHECKING:
    from garrison.store import Unit

_NAME = re.compile(r"[\w+=,.@-]{1,128}")


def is_principal(unit: Unit, text: str) -> bool:
    """Whether an ARN is an account's root, a user, a role, or a session: assumed role or federated user."""
    arn = parse_arn(text)
    if arn is None or arn.region or not (arn.account.isdigit() and len(arn.account) == 12):
        return False
    if arn.service == "iam" and arn.resource == "root":
        return True
    kind, _, rest = arn.resource.partition("/")
    if arn.service == "sts":
        return _is_session(unit, arn.account, kind, rest)
    if arn.service != "iam" or kind not in ("user", "role") or not all(map(_NAME.fullmatch, rest.split("/"))):
        return False
    if not _is_kept(unit, arn.account):
        return True
    found = lookup(unit, User if kind == "user" else Role, arn.name, arn.account)
    return found is not None and found.arn == text


def _is_session(unit: Unit, account: str, kind: str, rest: str) -> bool:
    name, _, session = rest.partition("/")
    if kind == "federated-user":
        return bool(_NAME.fullmatch(rest))
    if kind != "assumed-role" or not _NAME.fullmatch(name) or not _NAME.fullmatch(session):
        return False
    return not _is_kept(unit, account) or lookup(unit, Role, name, account) is not None


def _is_kept(unit: Unit, account: str) -> bool:
    return unit.get(Account, account, account=account) is not None
