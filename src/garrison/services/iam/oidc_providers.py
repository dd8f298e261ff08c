"""OpenID Connect providers: made, shown, changed, tagged and deleted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.federation import ProviderUnreachable
from garrison.services.iam.condition_values import request_tags
from garrison.services.iam.identity_providers import OIDC, OidcProvider, checked_arn, oidc_provider_at, tags_of
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.service import service
from garrison.services.iam.tags import checked_tags, merged_tags, page_of_tags, remaining_tags, shown_tags
from garrison.store import AlreadyExists

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]
Request = Any

_MEMBER = "OpenIDConnectProviderArn"
_URL = re.compile(r"(https?)://((?:\[[0-9a-f:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?(?:/[!$-.0-;=@-Z_a-z~/%]*)?)")
_THUMBPRINT = re.compile(r"[0-9A-Fa-f]{40}")


def _split_url(call: Call, text: str) -> tuple[str, str]:
    """Scheme and the rest of an issuer's URL; plain HTTP only for a loopback address that the settings list."""
    found = _URL.fullmatch(text)
    if found is None or (found[1] == "http" and not call.parts.fetcher.allows(text)):
        raise ApiError("InvalidInput", "Invalid Open ID Connect Provider URL")
    return found[1], _without_scheme(text)


def _without_scheme(text: str) -> str:
    host, slash, path = text.partition("://")[2].partition("/")
    return host.lower() + slash + path


def _new_arn(call: Call, request: Request) -> str:
    return f"arn:aws:iam::{call.account}:{OIDC}/{_without_scheme(request['Url'])}"


def _new_arn_if_tagged(call: Call, request: Request) -> str | list[str]:
    return _new_arn(call, request) if request.get("Tags") else []


def _arn(call: Call, request: Request) -> str:
    return checked_arn(request, _MEMBER, OIDC)


def _values(call: Call, request: Request) -> Answer:
    return request_tags(request) | tags_of(oidc_provider_at(call.unit, request[_MEMBER]))


def _new_values(call: Call, request: Request) -> Answer:
    return request_tags(request)


def _find(call: Call, request: Request) -> OidcProvider:
    arn = checked_arn(request, _MEMBER, OIDC)
    provider = oidc_provider_at(call.unit, arn)
    if provider is None:
        raise ApiError("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}")
    return provider


def _checked_client_id(client_id: str) -> str:
    if not client_id.strip() or len(client_id) > 255:
        raise ApiError("InvalidInput", "Invalid client ID")
    return client_id


def _checked_thumbprints(thumbprints: Iterable[str]) -> tuple[str, ...]:
    checked = tuple(dict.fromkeys(thumbprint.lower() for thumbprint in thumbprints))
    if not all(_THUMBPRINT.fullmatch(thumbprint) for thumbprint in checked):
        raise ApiError("InvalidInput", "Thumbprints must be SHA-1 digests of 40 hexadecimal digits")
    if len(checked) > 5:
        raise ApiError("InvalidInput", "Thumbprint list must contain fewer than 5 entries.")
    return checked


def _look_at_certificate(call: Call, request: Request) -> None:
    """Where the request names no thumbprints, those of the server are taken as it presents itself now."""
    if request.get("ThumbprintList"):
        return
    _split_url(call, request["Url"])
    try:
        found = call.parts.fetcher.topmost_thumbprint(request["Url"])
    except ProviderUnreachable as failure:
        raise ApiError("OpenIdIdpCommunicationError", failure.message) from failure
    call.evidence = () if found is None else (found,)


@service.operation(
    "CreateOpenIDConnectProvider",
    needs={
        "iam:CreateOpenIDConnectProvider": _new_arn,
        "iam:TagOpenIDConnectProvider": _new_arn_if_tagged,
    },
    context=_new_values,
    prepare=_look_at_certificate,
)
def create_open_id_connect_provider(call: Call, request: shapes.CreateOpenIDConnectProviderRequestTypeDef) -> Answer:
    """Believe an issuer's tokens for the listed clients."""
    scheme, url = _split_url(call, request["Url"])
    thumbprints = _checked_thumbprints(request.get("ThumbprintList") or call.evidence or ())
    client_ids = tuple(dict.fromkeys(map(_checked_client_id, request.get("ClientIDList") or ())))
    tags = checked_tags(request.get("Tags"))
    check_quota("ClientIdsPerOpenIdConnectProvider", len(client_ids))
    check_quota("OpenIdConnectProvidersPerAccount", call.unit.count(OidcProvider) + 1)
    provider = OidcProvider(
        account=call.account,
        url=url,
        scheme=scheme,
        client_ids=client_ids,
        thumbprints=thumbprints,
        created_at=call.at,
        tags=tags,
    )
    try:
        call.unit.add(provider)
    except AlreadyExists:
        raise ApiError("EntityAlreadyExists", f"Provider with url {request['Url']} already exists.") from None
    return {_MEMBER: provider.arn} | ({"Tags": shown_tags(tags)} if tags else {})


@service.operation("GetOpenIDConnectProvider", needs={"iam:GetOpenIDConnectProvider": _arn}, context=_values)
def get_open_id_connect_provider(call: Call, request: shapes.GetOpenIDConnectProviderRequestTypeDef) -> Answer:
    """Show an issuer with its clients and thumbprints."""
    provider = _find(call, request)
    return {
        "Url": provider.url,
        "ClientIDList": list(provider.client_ids),
        "ThumbprintList": list(provider.thumbprints),
        "CreateDate": provider.created_at.replace(microsecond=0),
        "Tags": shown_tags(provider.tags),
    }


@service.operation("ListOpenIDConnectProviders", needs={"iam:ListOpenIDConnectProviders": "*"})
def list_open_id_connect_providers(call: Call, request: Request) -> Answer:
    """List the account's issuers."""
    return {"OpenIDConnectProviderList": [{"Arn": provider.arn} for provider in call.unit.page(OidcProvider)]}


@service.operation("DeleteOpenIDConnectProvider", needs={"iam:DeleteOpenIDConnectProvider": _arn}, context=_values)
def delete_open_id_connect_provider(call: Call, request: shapes.DeleteOpenIDConnectProviderRequestTypeDef) -> None:
    """Believe an issuer no longer; sessions already made go on. Nothing changes where there is none (API reference)."""
    provider = oidc_provider_at(call.unit, checked_arn(request, _MEMBER, OIDC))
    if provider is not None:
        call.unit.remove(provider)


@service.operation(
    "UpdateOpenIDConnectProviderThumbprint",
    needs={"iam:UpdateOpenIDConnectProviderThumbprint": _arn},
    context=_values,
)
def update_open_id_connect_provider_thumbprint(
    call: Call, request: shapes.UpdateOpenIDConnectProviderThumbprintRequestTypeDef
) -> None:
    """Replace the whole list of thumbprints."""
    provider = _find(call, request)
    call.unit.save(replace(provider, thumbprints=_checked_thumbprints(request["ThumbprintList"])))


@service.operation(
    "AddClientIDToOpenIDConnectProvider", needs={"iam:AddClientIDToOpenIDConnectProvider": _arn}, context=_values
)
def add_client_id(call: Call, request: shapes.AddClientIDToOpenIDConnectProviderRequestTypeDef) -> None:
    """Believe the issuer's tokens for one client more; nothing changes where it is listed already."""
    provider, client_id = _find(call, request), _checked_client_id(request["ClientID"])
    if client_id not in provider.client_ids:
        check_quota("ClientIdsPerOpenIdConnectProvider", len(provider.client_ids) + 1)
        call.unit.save(replace(provider, client_ids=(*provider.client_ids, client_id)))


@service.operation(
    "RemoveClientIDFromOpenIDConnectProvider",
    needs={"iam:RemoveClientIDFromOpenIDConnectProvider": _arn},
    context=_values,
)
def remove_client_id(call: Call, request: shapes.RemoveClientIDFromOpenIDConnectProviderRequestTypeDef) -> None:
    """Believe no more tokens for a client; nothing changes where it is not listed."""
    provider = _find(call, request)
    remaining = tuple(each for each in provider.client_ids if each != request["ClientID"])
    if remaining != provider.client_ids:
        call.unit.save(replace(provider, client_ids=remaining))


@service.operation("TagOpenIDConnectProvider", needs={"iam:TagOpenIDConnectProvider": _arn}, context=_values)
def tag_open_id_connect_provider(call: Call, request: shapes.TagOpenIDConnectProviderRequestTypeDef) -> None:
    """Add or replace an issuer's tags."""
    provider = _find(call, request)
    call.unit.save(replace(provider, tags=merged_tags(provider.tags, checked_tags(request["Tags"]))))


@service.operation("UntagOpenIDConnectProvider", needs={"iam:UntagOpenIDConnectProvider": _arn}, context=_values)
def untag_open_id_connect_provider(call: Call, request: shapes.UntagOpenIDConnectProviderRequestTypeDef) -> None:
    """Take tags off an issuer."""
    provider = _find(call, request)
    call.unit.save(replace(provider, tags=remaining_tags(provider.tags, request["TagKeys"])))


@service.operation("ListOpenIDConnectProviderTags", needs={"iam:ListOpenIDConnectProviderTags": _arn}, context=_values)
def list_open_id_connect_provider_tags(
    call: Call, request: shapes.ListOpenIDConnectProviderTagsRequestTypeDef
) -> Answer:
    """List an issuer's tags."""
    return page_of_tags(call, request, _find(call, request).tags)
