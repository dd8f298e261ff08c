"""What Roles Anywhere keeps: trust anchors, profiles, revocation lists, and the subjects whose certificates were used."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from garrison.store import Resource

CERTIFICATE_BUNDLE = "CERTIFICATE_BUNDLE"


class AnywhereResource(Resource, frozen=True, kw_only=True):
    """What all of them have: an id of their own, and the times of making and of the last change."""

    identity: ClassVar[tuple[str, ...]] = ("id",)
    kind: ClassVar[str]
    """The first part of the ARN's resource."""

    id: str
    """A UUID."""
    enabled: bool = True
    created_at: datetime
    updated_at: datetime

    @property
    def arn(self) -> str:
        """The resource's ARN."""
        return anywhere_arn(self.region, self.account, self.kind, self.id)


class TrustAnchor(AnywhereResource, frozen=True, kw_only=True):
    """The authorities whose certificates are believed."""

    resource_type: ClassVar[str] = "AWS::RolesAnywhere::TrustAnchor"
    kind: ClassVar[str] = "trust-anchor"

    name: str
    source_type: str = CERTIFICATE_BUNDLE
    certificates: str
    """The authorities' certificates, PEM."""


class Profile(AnywhereResource, frozen=True, kw_only=True):
    """Which roles certificates open, and what limits their sessions."""

    resource_type: ClassVar[str] = "AWS::RolesAnywhere::Profile"
    kind: ClassVar[str] = "profile"

    name: str
    role_arns: tuple[str, ...]
    session_policy: str | None = None
    managed_policy_arns: tuple[str, ...] = ()
    duration_seconds: int = 3600
    requires_instance_properties: bool = False
    """Kept and shown, of no effect, as in AWS."""
    accepts_role_session_name: bool = False
    created_by: str = ""
    """The ARN of who made it."""


class Crl(AnywhereResource, frozen=True, kw_only=True):
    """A list of certificates that an authority has revoked."""

    resource_type: ClassVar[str] = "AWS::RolesAnywhere::CRL"
    kind: ClassVar[str] = "crl"
    indexed: ClassVar[tuple[str, ...]] = ("trust_anchor",)

    name: str
    data: bytes
    """PEM, as imported."""
    trust_anchor: str
    """The id of the trust anchor whose certificates it revokes."""


class SeenCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate of a subject, as it was last used."""

    serial_number: str
    issuer: str
    pem: str
    seen_at: datetime


class Subject(AnywhereResource, frozen=True, kw_only=True):
    """Who has used certificates: one for each X.509 subject."""

    resource_type: ClassVar[str] = "AWS::RolesAnywhere::Subject"
    kind: ClassVar[str] = "subject"
    keeps_history: ClassVar[bool] = False

    x509_subject: str
    last_seen_at: datetime
    credentials: tuple[SeenCertificate, ...] = ()
    instance_properties: dict[str, str] = msgspec.field(default_factory=dict)


def anywhere_arn(region: str, account: str, kind: str, identifier: str) -> str:
    """The ARN of a resource of Roles Anywhere."""
    return f"arn:aws:rolesanywhere:{region}:{account}:{kind}/{identifier}"
