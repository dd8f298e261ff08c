"""SAML providers: made from their metadata, shown, changed, tagged and deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.federation.saml import Metadata, read_metadata
from garrison.federation.saml.xml import NotRead
from garrison.identifiers import unique_id
from garrison.services.iam.condition_values import request_tags
from garrison.services.iam.identity_providers import SAML, SamlProvider, checked_arn, saml_provider_at, tags_of
from garrison.services.iam.quotas import check_quota
from garrison.services.iam.service import service
from garrison.services.iam.tags import checked_tags, merged_tags, page_of_tags, remaining_tags, shown_tags
from garrison.store import AlreadyExists

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call

Answer = dict[str, Any]
Request = Any

UUID_PREFIX = "SAMLSP"
COUNTS_FOR = timedelta(days=36525)
"""How long a provider counts whose metadata names no end: IAM shows a hundred years."""
_MEMBER = "SAMLProviderArn"


def _new_arn(call: Call, request: Request) -> str:
    return f"arn:aws:iam::{call.account}:{SAML}/{request['Name']}"


def _new_arn_if_tagged(call: Call, request: Request) -> str | list[str]:
    return _new_arn(call, request) if request.get("Tags") else []


def _arn(call: Call, request: Request) -> str:
    return checked_arn(request, _MEMBER, SAML)


def _values(call: Call, request: Request) -> Answer:
    return request_tags(request) | tags_of(saml_provider_at(call.unit, request[_MEMBER]))


def _new_values(call: Call, request: Request) -> Answer:
    return request_tags(request)


def _find(call: Call, request: Request) -> SamlProvider:
    arn = checked_arn(request, _MEMBER, SAML)
    provider = saml_provider_at(call.unit, arn)
    if provider is None:
        raise ApiError("NoSuchEntity", f"Manifest not found for arn {arn}")
    return provider


def _read_document(call: Call, request: Request) -> None:
    """Read the metadata before the transaction: a large document takes its time."""
    document = request.get("SAMLMetadataDocument")
    if document is None:
        return
    try:
        call.evidence = read_metadata(document)
    except NotRead:
        raise ApiError("InvalidInput", "Could not parse metadata") from None
    if call.evidence.valid_until is not None and call.evidence.valid_until <= call.at:
        raise ApiError("InvalidInput", "The metadata document has expired")


def _refuse_keys(request: Request) -> None:
    """Assertions are taken signed, not encrypted: a key to decrypt them would serve nothing."""
    if request.get("AddPrivateKey"):
        raise ApiError("InvalidInput", "Encrypted assertions are not supported: no private key can be kept for them.")
    if request.get("RemovePrivateKey"):
        raise ApiError("InvalidInput", "Failed to remove private key because the Key ID does not match a private key.")
    if request.get("AssertionEncryptionMode") == "Required":
        raise ApiError(
            "InvalidInput", "Unable to set assertion encryption mode to Required because no private key is provided."
        )


def _valid_until(metadata: Metadata, made_at: datetime) -> datetime:
    return metadata.valid_until or made_at + COUNTS_FOR


@service.operation(
    "CreateSAMLProvider",
    needs={"iam:CreateSAMLProvider": _new_arn, "iam:TagSAMLProvider": _new_arn_if_tagged},
    context=_new_values,
    prepare=_read_document,
)
def create_saml_provider(call: Call, request: shapes.CreateSAMLProviderRequestTypeDef) -> Answer:
    """Believe a SAML provider's assertions, by the keys in its metadata."""
    _refuse_keys(request)
    tags = checked_tags(request.get("Tags"))
    check_quota("SAMLProvidersPerAccount", call.unit.count(SamlProvider) + 1)
    provider = SamlProvider(
        account=call.account,
        name=request["Name"],
        uuid=unique_id(UUID_PREFIX),
        metadata=request["SAMLMetadataDocument"],
        valid_until=_valid_until(call.evidence, call.at),
        created_at=call.at,
        tags=tags,
    )
    try:
        call.unit.add(provider)
    except AlreadyExists:
        raise ApiError("EntityAlreadyExists", f"SAMLProvider {provider.name} already exists.") from None
    return {_MEMBER: provider.arn} | ({"Tags": shown_tags(tags)} if tags else {})


@service.operation("GetSAMLProvider", needs={"iam:GetSAMLProvider": _arn}, context=_values)
def get_saml_provider(call: Call, request: shapes.GetSAMLProviderRequestTypeDef) -> Answer:
    """Show a provider with its metadata."""
    provider = _find(call, request)
    return {
        "SAMLProviderUUID": provider.uuid,
        "SAMLMetadataDocument": provider.metadata,
        "CreateDate": provider.created_at.replace(microsecond=0),
        "ValidUntil": provider.valid_until.replace(microsecond=0),
        "Tags": shown_tags(provider.tags),
        "PrivateKeyList": [],
    }


@service.operation("ListSAMLProviders", needs={"iam:ListSAMLProviders": "*"})
def list_saml_providers(call: Call, request: Request) -> Answer:
    """List the account's SAML providers."""
    return {
        "SAMLProviderList": [
            {
                "Arn": provider.arn,
                "ValidUntil": provider.valid_until.replace(microsecond=0),
                "CreateDate": provider.created_at.replace(microsecond=0),
            }
            for provider in call.unit.page(SamlProvider)
        ]
    }


@service.operation(
    "UpdateSAMLProvider", needs={"iam:UpdateSAMLProvider": _arn}, context=_values, prepare=_read_document
)
def update_saml_provider(call: Call, request: shapes.UpdateSAMLProviderRequestTypeDef) -> Answer:
    """Replace a provider's metadata, as when its keys have changed."""
    provider = _find(call, request)
    if request.get("AddPrivateKey") and request.get("RemovePrivateKey"):
        raise ApiError(
            "InvalidInput",
            "Unable to add and remove private keys in the same request. Set a value for only one of the two parameters.",
        )
    _refuse_keys(request)
    if call.evidence is None and "AssertionEncryptionMode" not in request:
        raise ApiError(
            "InvalidInput",
            "Unable to update identity provider. No updates are defined for metadata or encryption assertion.",
        )
    if call.evidence is not None:
        call.unit.save(
            replace(
                provider,
                metadata=request["SAMLMetadataDocument"],
                valid_until=_valid_until(call.evidence, provider.created_at),
            )
        )
    return {_MEMBER: provider.arn}


@service.operation("DeleteSAMLProvider", needs={"iam:DeleteSAMLProvider": _arn}, context=_values)
def delete_saml_provider(call: Call, request: shapes.DeleteSAMLProviderRequestTypeDef) -> None:
    """Believe a provider no longer; roles that trust it trust nobody, and sessions already made go on."""
    call.unit.remove(_find(call, request))


@service.operation("TagSAMLProvider", needs={"iam:TagSAMLProvider": _arn}, context=_values)
def tag_saml_provider(call: Call, request: shapes.TagSAMLProviderRequestTypeDef) -> None:
    """Add or replace a provider's tags."""
    provider = _find(call, request)
    call.unit.save(replace(provider, tags=merged_tags(provider.tags, checked_tags(request["Tags"]))))


@service.operation("UntagSAMLProvider", needs={"iam:UntagSAMLProvider": _arn}, context=_values)
def untag_saml_provider(call: Call, request: shapes.UntagSAMLProviderRequestTypeDef) -> None:
    """Take tags off a provider."""
    provider = _find(call, request)
    call.unit.save(replace(provider, tags=remaining_tags(provider.tags, request["TagKeys"])))


@service.operation("ListSAMLProviderTags", needs={"iam:ListSAMLProviderTags": _arn}, context=_values)
def list_saml_provider_tags(call: Call, request: shapes.ListSAMLProviderTagsRequestTypeDef) -> Answer:
    """List a provider's tags."""
    return page_of_tags(call, request, _find(call, request).tags)
