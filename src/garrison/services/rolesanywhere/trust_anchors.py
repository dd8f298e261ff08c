"""Trust anchors: the certificate authorities whose certificates are believed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.services.rolesanywhere.failures import Untrusted
from garrison.services.rolesanywhere.naming import find, invalid, named, request_tags, tags_of
from garrison.services.rolesanywhere.paging import page_of
from garrison.services.rolesanywhere.resources import CERTIFICATE_BUNDLE, Crl, TrustAnchor
from garrison.services.rolesanywhere.service import service
from garrison.services.rolesanywhere.tags import checked_tags

if TYPE_CHECKING:
    from garrison.services.call import Call

Request = Mapping[str, Any]
Answer = dict[str, Any]

MOST_TRUST_ANCHORS = 50
"""In an account and region ("Quotas for IAM Roles Anywhere")."""
_ANCHOR, _TAGS = named(TrustAnchor, "trustAnchorId"), tags_of(TrustAnchor, "trustAnchorId")


def _certificates_of(source: Mapping[str, Any]) -> str:
    """The checked certificates of a request's source."""
    if source.get("sourceType") != CERTIFICATE_BUNDLE:
        raise invalid(f"Trust anchors of the type {source.get('sourceType')} are not supported here; use a bundle.")
    data = (source.get("sourceData") or {}).get("x509CertificateData")
    if data is None:
        raise invalid("A trust anchor of the type CERTIFICATE_BUNDLE has x509CertificateData.")
    from garrison.services.rolesanywhere.chains import read_authorities

    try:
        read_authorities(data)
    except Untrusted as problem:
        raise invalid(f"Incorrect basic constraints or form: {problem}") from None
    return str(data)


def _answer(anchor: TrustAnchor) -> Answer:
    return {"trustAnchor": shown(anchor)}


def shown(anchor: TrustAnchor) -> Answer:
    """A trust anchor as answers show it."""
    return {
        "trustAnchorId": anchor.id,
        "trustAnchorArn": anchor.arn,
        "name": anchor.name,
        "enabled": anchor.enabled,
        "source": {"sourceType": anchor.source_type, "sourceData": {"x509CertificateData": anchor.certificates}},
        "createdAt": anchor.created_at,
        "updatedAt": anchor.updated_at,
        "notificationSettings": [],
    }


def new_trust_anchor(call: Call, name: str, certificates: str, *, enabled: bool, tags: dict[str, str]) -> TrustAnchor:
    """Keep a new trust anchor; its certificates are checked already."""
    if call.unit.count(TrustAnchor) >= MOST_TRUST_ANCHORS:
        raise invalid("The quota of trust anchors is reached.")
    return call.unit.add(
        TrustAnchor(
            account=call.account,
            region=call.region,
            id=str(uuid.uuid4()),
            name=name,
            certificates=certificates,
            enabled=enabled,
            created_at=call.at,
            updated_at=call.at,
            tags=tags,
        )
    )


@service.operation("CreateTrustAnchor", needs={"rolesanywhere:CreateTrustAnchor": "*"}, context=request_tags)
def create_trust_anchor(call: Call, request: Request) -> Answer:
    """Believe an authority. It is not enabled unless the request says so, as in AWS."""
    if request.get("notificationSettings"):
        raise invalid("Notification settings are not supported here.")
    certificates, tags = _certificates_of(request["source"]), checked_tags(request.get("tags") or ())
    return _answer(
        new_trust_anchor(call, request["name"], certificates, enabled=request.get("enabled") or False, tags=tags)
    )


@service.operation("GetTrustAnchor", needs={"rolesanywhere:GetTrustAnchor": _ANCHOR}, context=_TAGS)
def get_trust_anchor(call: Call, request: Request) -> Answer:
    """One trust anchor."""
    return _answer(find(call, TrustAnchor, request["trustAnchorId"]))


@service.operation("ListTrustAnchors", needs={"rolesanywhere:ListTrustAnchors": "*"})
def list_trust_anchors(call: Call, request: Request) -> Answer:
    """The region's trust anchors."""
    return page_of(call, request, TrustAnchor, "trustAnchors", shown)


@service.operation("UpdateTrustAnchor", needs={"rolesanywhere:UpdateTrustAnchor": _ANCHOR}, context=_TAGS)
def update_trust_anchor(call: Call, request: Request) -> Answer:
    """Change a trust anchor's name or certificates."""
    anchor = find(call, TrustAnchor, request["trustAnchorId"])
    certificates = _certificates_of(request["source"]) if request.get("source") else anchor.certificates
    changed = replace(anchor, name=request.get("name") or anchor.name, certificates=certificates, updated_at=call.at)
    return _answer(call.unit.save(changed))


@service.operation("DeleteTrustAnchor", needs={"rolesanywhere:DeleteTrustAnchor": _ANCHOR}, context=_TAGS)
def delete_trust_anchor(call: Call, request: Request) -> Answer:
    """Believe an authority no longer; its revocation lists go with it."""
    anchor = find(call, TrustAnchor, request["trustAnchorId"])
    for crl in call.unit.page(Crl, where={"trust_anchor": anchor.id}):
        call.unit.remove(crl)
    call.unit.remove(anchor)
    return _answer(anchor)


@service.operation("EnableTrustAnchor", needs={"rolesanywhere:EnableTrustAnchor": _ANCHOR}, context=_TAGS)
def enable_trust_anchor(call: Call, request: Request) -> Answer:
    """Let an authority's certificates open sessions."""
    return _switch(call, request, True)


@service.operation("DisableTrustAnchor", needs={"rolesanywhere:DisableTrustAnchor": _ANCHOR}, context=_TAGS)
def disable_trust_anchor(call: Call, request: Request) -> Answer:
    """Let an authority's certificates open no sessions for now; those that are open go on until they expire."""
    return _switch(call, request, False)


def _switch(call: Call, request: Request, enabled: bool) -> Answer:
    anchor = find(call, TrustAnchor, request["trustAnchorId"])
    return _answer(call.unit.save(replace(anchor, enabled=enabled, updated_at=call.at)))
