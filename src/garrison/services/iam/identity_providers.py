"""The identity providers that an account believes: OpenID Connect issuers and SAML providers, as IAM keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.store import Resource

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.store import Unit

OIDC = "oidc-provider"
SAML = "saml-provider"


class OidcProvider(Resource, frozen=True, kw_only=True):
    """An OpenID Connect issuer whose tokens for certain clients are believed."""

    resource_type: ClassVar[str] = "AWS::IAM::OIDCProvider"
    identity: ClassVar[tuple[str, ...]] = ("url",)
    is_global: ClassVar[bool] = True

    url: str
    """The issuer without its scheme, as the ARN and condition keys have it."""
    scheme: str = "https"
    client_ids: tuple[str, ...] = ()
    thumbprints: tuple[str, ...] = ()
    """SHA-1 digests, 40 digits each, of certificates to believe where the system's authorities do not vouch for the issuer's."""
    created_at: datetime

    @property
    def arn(self) -> str:
        """The provider's ARN."""
        return f"arn:aws:iam::{self.account}:{OIDC}/{self.url}"

    @property
    def issuer(self) -> str:
        """The issuer as its tokens name it."""
        return f"{self.scheme}://{self.url}"


class SamlProvider(Resource, frozen=True, kw_only=True):
    """A SAML identity provider, by the metadata document that it gave."""

    resource_type: ClassVar[str] = "AWS::IAM::SAMLProvider"
    identity: ClassVar[tuple[str, ...]] = ("name",)
    is_global: ClassVar[bool] = True

    name: str
    uuid: str
    metadata: str
    """The document as it was uploaded."""
    valid_until: datetime
    created_at: datetime

    @property
    def arn(self) -> str:
        """The provider's ARN."""
        return f"arn:aws:iam::{self.account}:{SAML}/{self.name}"


def oidc_provider_at(unit: Unit, arn: str) -> OidcProvider | None:
    """The OpenID Connect provider of an ARN in the unit's account, or None."""
    name = _name(arn, OIDC)
    found = unit.get(OidcProvider, name) if name else None
    return found if found is not None and found.arn == arn else None


def saml_provider_at(unit: Unit, arn: str) -> SamlProvider | None:
    """The SAML provider of an ARN in the unit's account, or None."""
    name = _name(arn, SAML)
    found = unit.get(SamlProvider, name) if name else None
    return found if found is not None and found.arn == arn else None


def checked_arn(request: Mapping[str, Any], member: str, kind: str) -> str:
    """The ARN of a provider that a request names; InvalidInput where it is none of this kind."""
    arn = str(request[member])
    if not _name(arn, kind):
        raise ApiError("InvalidInput", f"Invalid ARN: {arn}")
    return arn


def tags_of(provider: OidcProvider | SamlProvider | None) -> dict[str, str]:
    """`aws:ResourceTag/…` of a provider."""
    return {f"aws:ResourceTag/{key}": value for key, value in provider.tags.items()} if provider is not None else {}


def count_providers(call: Call) -> int:
    """How many identity providers the account has."""
    return call.unit.count(OidcProvider) + call.unit.count(SamlProvider)


def _name(arn: str, kind: str) -> str:
    parts = parse_arn(arn)
    if parts is None or parts.service != "iam" or not parts.resource.startswith(f"{kind}/"):
        return ""
    return parts.resource.removeprefix(f"{kind}/")
