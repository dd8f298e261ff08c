"""Certificate revocation lists: which certificates of a trust anchor are believed no longer."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.rolesanywhere.failures import Untrusted
from garrison.services.rolesanywhere.naming import (
    find,
    find_by_arn,
    invalid,
    named,
    not_found,
    request_tags,
    tags_of,
)
from garrison.services.rolesanywhere.paging import page_of
from garrison.services.rolesanywhere.resources import Crl, TrustAnchor, anywhere_arn
from garrison.services.rolesanywhere.service import service
from garrison.services.rolesanywhere.tags import checked_tags

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]
Answer = dict[str, Any]

MOST_CRLS = 2
"""For one trust anchor ("Quotas for IAM Roles Anywhere")."""
_CRL, _TAGS = named(Crl, "crlId"), tags_of(Crl, "crlId")


def _check(data: bytes, anchor: TrustAnchor) -> None:
    from garrison.services.rolesanywhere.chains import read_authorities, read_crl

    try:
        read_crl(data, read_authorities(anchor.certificates))
    except Untrusted as problem:
        raise invalid(str(problem)) from None


def shown(crl: Crl) -> Answer:
    """A revocation list as answers show it."""
    return {
        "crlId": crl.id,
        "crlArn": crl.arn,
        "name": crl.name,
        "enabled": crl.enabled,
        "crlData": crl.data,
        "trustAnchorArn": anywhere_arn(crl.region, crl.account, TrustAnchor.kind, crl.trust_anchor),
        "createdAt": crl.created_at,
        "updatedAt": crl.updated_at,
    }


def _answer(crl: Crl) -> Answer:
    return {"crl": shown(crl)}


@service.operation("ImportCrl", needs={"rolesanywhere:ImportCrl": "*"}, context=request_tags)
def import_crl(call: Call, request: Request) -> Answer:
    """Take an authority's revocation list, which it must have signed."""
    anchor = find_by_arn(call.unit, TrustAnchor, request["trustAnchorArn"])
    if anchor is None:
        raise not_found(TrustAnchor.kind)
    _check(request["crlData"], anchor)
    if call.unit.count(Crl, {"trust_anchor": anchor.id}) >= MOST_CRLS:
        raise invalid("The quota of CRLs for the trust anchor is reached.")
    crl = Crl(
        account=call.account,
        region=call.region,
        id=str(uuid.uuid4()),
        name=request["name"],
        data=request["crlData"],
        trust_anchor=anchor.id,
        enabled=request.get("enabled") or False,
        created_at=call.at,
        updated_at=call.at,
        tags=checked_tags(request.get("tags") or ()),
    )
    return _answer(call.unit.add(crl))


@service.operation("GetCrl", needs={"rolesanywhere:GetCrl": _CRL}, context=_TAGS)
def get_crl(call: Call, request: Request) -> Answer:
    """One revocation list."""
    return _answer(find(call, Crl, request["crlId"]))


@service.operation("ListCrls", needs={"rolesanywhere:ListCrls": "*"})
def list_crls(call: Call, request: Request) -> Answer:
    """The region's revocation lists."""
    return page_of(call, request, Crl, "crls", shown)


@service.operation("UpdateCrl", needs={"rolesanywhere:UpdateCrl": _CRL}, context=_TAGS)
def update_crl(call: Call, request: Request) -> Answer:
    """Take a newer list in the place of one, or change its name."""
    crl = find(call, Crl, request["crlId"])
    data = request.get("crlData") or crl.data
    if data != crl.data:
        _check(data, find(call, TrustAnchor, crl.trust_anchor))
    changed = replace(crl, name=request.get("name") or crl.name, data=data, updated_at=call.at)
    return _answer(call.unit.save(changed))


@service.operation("DeleteCrl", needs={"rolesanywhere:DeleteCrl": _CRL}, context=_TAGS)
def delete_crl(call: Call, request: Request) -> Answer:
    """Delete a revocation list: what it revoked is believed again."""
    crl = find(call, Crl, request["crlId"])
    call.unit.remove(crl)
    return _answer(crl)


@service.operation("EnableCrl", needs={"rolesanywhere:EnableCrl": _CRL}, context=_TAGS)
def enable_crl(call: Call, request: Request) -> Answer:
    """Let a revocation list decide."""
    return _switch(call, request, True)


@service.operation("DisableCrl", needs={"rolesanywhere:DisableCrl": _CRL}, context=_TAGS)
def disable_crl(call: Call, request: Request) -> Answer:
    """Let a revocation list revoke nothing for now."""
    return _switch(call, request, False)


def _switch(call: Call, request: Request, enabled: bool) -> Answer:
    crl = find(call, Crl, request["crlId"])
    return _answer(call.unit.save(replace(crl, enabled=enabled, updated_at=call.at)))
