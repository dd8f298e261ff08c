"""Identity providers: OpenID Connect and SAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.services.handlers import TagStyle, Work, kind
from garrison.services.iam.cloudformation.holders import GONE

oidc = kind(
    "AWS::IAM::OIDCProvider",
    "ClientIdList ThumbprintList Url",
    create_only="Url",
    attributes="Arn",
    tags=TagStyle.OF_STACK,
    gone=GONE,
)


@oidc.create
def create_oidc(work: Work) -> None:
    """The provider of a URL."""
    answer = work.call(
        "iam",
        "CreateOpenIDConnectProvider",
        Url=work.text("Url"),
        ClientIDList=work.listed("ClientIdList") or None,
        ThumbprintList=work.listed("ThumbprintList") or None,
        Tags=work.listed("Tags") or None,
    )
    work.made(answer["OpenIDConnectProviderArn"], Arn=answer["OpenIDConnectProviderArn"])


def _oidc(work: Work, operation: str, **parameters: Any) -> None:
    work.call("iam", operation, OpenIDConnectProviderArn=work.physical_id, **parameters)


@oidc.update
def update_oidc(work: Work) -> None:
    """Other clients, thumbprints or tags."""
    added, removed = work.changes("ClientIdList")
    for client in added:
        _oidc(work, "AddClientIDToOpenIDConnectProvider", ClientID=client)
    for client in removed:
        _oidc(work, "RemoveClientIDFromOpenIDConnectProvider", ClientID=client)
    if work.has_changed("ThumbprintList"):
        _oidc(work, "UpdateOpenIDConnectProviderThumbprint", ThumbprintList=work.listed("ThumbprintList"))
    tags, keys = work.tag_changes()
    if keys:
        _oidc(work, "UntagOpenIDConnectProvider", TagKeys=keys)
    if tags:
        _oidc(work, "TagOpenIDConnectProvider", Tags=tags)


@oidc.delete
def delete_oidc(work: Work) -> None:
    """The provider."""
    _oidc(work, "DeleteOpenIDConnectProvider")


@oidc.read
def read_oidc(work: Work) -> Mapping[str, Any] | None:
    """Its clients, thumbprints and tags."""
    found = work.call_if_there("iam", "GetOpenIDConnectProvider", OpenIDConnectProviderArn=work.physical_id)
    if found is None:
        return None
    return {
        "ClientIdList": found.get("ClientIDList") or [],
        "ThumbprintList": found.get("ThumbprintList") or [],
        "Tags": found.get("Tags") or [],
    }


saml = kind(
    "AWS::IAM::SAMLProvider",
    "Name SamlMetadataDocument",
    required="SamlMetadataDocument",
    create_only="Name",
    attributes="Arn",
    name_property="Name",
    tags=TagStyle.OF_STACK,
    gone=GONE,
)


@saml.create
def create_saml(work: Work) -> None:
    """The provider of a metadata document."""
    answer = work.call(
        "iam",
        "CreateSAMLProvider",
        Name=work.name("Name", 128),
        SAMLMetadataDocument=work.text("SamlMetadataDocument"),
        Tags=work.listed("Tags") or None,
    )
    work.made(answer["SAMLProviderArn"], Arn=answer["SAMLProviderArn"])


@saml.update
def update_saml(work: Work) -> None:
    """Another document, other tags."""
    arn = work.physical_id
    if work.has_changed("SamlMetadataDocument"):
        text = work.text("SamlMetadataDocument")
        work.call("iam", "UpdateSAMLProvider", SAMLProviderArn=arn, SAMLMetadataDocument=text)
    work.retag("iam", "UntagSAMLProvider", "TagSAMLProvider", SAMLProviderArn=arn)


@saml.delete
def delete_saml(work: Work) -> None:
    """The provider."""
    work.call("iam", "DeleteSAMLProvider", SAMLProviderArn=work.physical_id)


@saml.read
def read_saml(work: Work) -> Mapping[str, Any] | None:
    """Its document and tags."""
    found = work.call_if_there("iam", "GetSAMLProvider", SAMLProviderArn=work.physical_id)
    if found is None:
        return None
    return {"SamlMetadataDocument": found["SAMLMetadataDocument"], "Tags": found.get("Tags") or []}
