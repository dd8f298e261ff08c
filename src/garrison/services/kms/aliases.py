"""Aliases: other names for keys, made, pointed elsewhere, deleted, listed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.kms.access import key_context, key_policy
from garrison.services.kms.failures import access_denied, invalid, limit_exceeded
from garrison.services.kms.finding import find_alias, find_key, lookup_key
from garrison.services.kms.materials import spec_of_key
from garrison.services.kms.paging import limit_of, page, position
from garrison.services.kms.resources import Alias, Key
from garrison.services.kms.service import service
from garrison.services.kms.states import check_not_pending_deletion

if TYPE_CHECKING:
    from collections.abc import Callable

    from garrison.services.call import Call

MOST_ALIASES = 50
"""Of a key (KMS developer guide, "Resource quotas")."""
RESERVED = "alias/aws/"
_NAME = re.compile(r"alias/[a-zA-Z0-9/_-]+")


def _on(*members: str) -> Callable[[Call, Mapping[str, Any]], list[str]]:
    """Gives what an operation on an alias is decided on: the alias by its account's policies, the keys by their own."""

    def arns(call: Call, request: Mapping[str, Any]) -> list[str]:
        name = _checked_name(request["AliasName"])
        found = [f"arn:aws:kms:{call.region}:{call.account}:{name}"]
        if "AliasName" in members:
            found.append(_target(call, find_alias(call, name).key_id).arn)
        if "TargetKeyId" in members:
            found.append(_target(call, request["TargetKeyId"]).arn)
        return found

    return arns


_RULES: dict[str, Any] = {"resource_policy": key_policy, "resource_context": key_context}


@service.operation("CreateAlias", needs={"kms:CreateAlias": _on("TargetKeyId")}, **_RULES)
def create_alias(call: Call, request: Mapping[str, Any]) -> None:
    """Give a key another name."""
    name = request["AliasName"]
    key = find_key(call, request["TargetKeyId"], takes_alias=False)
    check_not_pending_deletion(key)
    alias = Alias(
        account=call.account, region=call.region, name=name, key_id=key.id, created_at=call.at, updated_at=call.at
    )
    if call.unit.get(Alias, name) is not None:
        raise ApiError("AlreadyExistsException", f"An alias with the name {alias.arn} already exists")
    _check_number(call, key)
    call.unit.add(alias)
    _note(call, alias)


@service.operation("UpdateAlias", needs={"kms:UpdateAlias": _on("AliasName", "TargetKeyId")}, **_RULES)
def update_alias(call: Call, request: Mapping[str, Any]) -> None:
    """Have an alias mean another key of the same kind."""
    alias = find_alias(call, request["AliasName"])
    before = find_key(call, alias.key_id)
    key = find_key(call, request["TargetKeyId"], takes_alias=False)
    check_not_pending_deletion(key)
    if _type(before) != _type(key) or before.usage != key.usage:
        raise invalid("The current and the new KMS key must be of the same type and have the same key usage.")
    if before.id != key.id:
        _check_number(call, key)
    call.unit.save(replace(alias, key_id=key.id, updated_at=call.at))
    _note(call, alias)


@service.operation("DeleteAlias", needs={"kms:DeleteAlias": _on("AliasName")}, **_RULES)
def delete_alias(call: Call, request: Mapping[str, Any]) -> None:
    """Take an alias from its key."""
    alias = find_alias(call, request["AliasName"])
    find_key(call, alias.key_id)
    call.unit.remove(alias)
    _note(call, alias)


@service.operation("ListAliases", needs={"kms:ListAliases": "*"})
def list_aliases(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """The aliases of the account, or those of one key."""
    where = {"key_id": _target(call, request["KeyId"]).id} if request.get("KeyId") else None
    found = call.unit.page(Alias, where=where, after=position(call, request), limit=limit_of(request, 50) + 1)
    return page(call, request, "Aliases", found, _shown, lambda alias: str(alias.name), 50)


def _shown(alias: Alias) -> dict[str, Any]:
    return {
        "AliasName": alias.name,
        "AliasArn": alias.arn,
        "TargetKeyId": alias.key_id,
        "CreationDate": alias.created_at,
        "LastUpdatedDate": alias.updated_at,
    }


def _checked_name(name: str) -> str:
    if not name.startswith("alias/"):
        raise invalid("Invalid identifier")
    if name.startswith(RESERVED):
        raise ApiError("NotAuthorizedException", f"The prefix {RESERVED} is reserved for AWS managed keys.", status=400)
    if not _NAME.fullmatch(name):
        raise invalid(f"{name} contains invalid characters for an alias")
    return name


def _target(call: Call, key_id: str) -> Key:
    key = lookup_key(call, key_id, takes_alias=False)
    if key.account != call.account:
        action = f"kms:{call.operation}"
        raise access_denied(call.principal.arn, action, key.arn, "the resource belongs to another account")
    return key


def _check_number(call: Call, key: Key) -> None:
    if call.unit.count(Alias, {"key_id": key.id}) >= MOST_ALIASES:
        raise limit_exceeded(f"{key.arn} has {MOST_ALIASES} aliases, the most that there may be.")


def _type(key: Key) -> str:
    spec = spec_of_key(key)
    return "asymmetric" if spec.is_asymmetric else spec.family


def _note(call: Call, alias: Alias) -> None:
    call.resources.append({"ARN": alias.arn, "accountId": alias.account, "type": Alias.resource_type})
