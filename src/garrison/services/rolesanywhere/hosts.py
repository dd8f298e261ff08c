"""Hosts that Garrison has enrolled itself, and the authority that signs their certificates.

The authority is a trust anchor like any other; beyond it, a host's certificate holds for what its invitation was for alone, and only
while the host is not revoked. docs/decisions says why.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from garrison.services.rolesanywhere.attributes import common_name
from garrison.services.rolesanywhere.failures import Untrusted
from garrison.store import Resource

if TYPE_CHECKING:
    from cryptography import x509

    from garrison.services.rolesanywhere.resources import TrustAnchor
    from garrison.store import Unit


class HostAuthority(Resource, frozen=True, kw_only=True):
    """The key behind the trust anchor that enrolled hosts belong to: one in an account and region."""

    resource_type: ClassVar[str] = "Garrison::Hosts::Authority"
    identity: ClassVar[tuple[str, ...]] = ("name",)
    keeps_history: ClassVar[bool] = False

    name: str = "hosts"
    trust_anchor: str
    """The id of its trust anchor."""
    certificate: str
    """PEM."""
    key: str
    """Reference to the sealed private key."""
    created_at: datetime

    @property
    def arn(self) -> str:
        """Its ARN, Garrison's own."""
        return f"arn:aws:garrison:{self.region}:{self.account}:host-authority/{self.name}"


class Host(Resource, frozen=True, kw_only=True):
    """A host that was invited to prove itself by a one-time token, and by its own key from then on."""

    resource_type: ClassVar[str] = "Garrison::Hosts::Host"
    identity: ClassVar[tuple[str, ...]] = ("name",)
    indexed: ClassVar[tuple[str, ...]] = ("host_id",)

    name: str
    host_id: str
    """`i-…`, as an EC2 instance has one: the session's name of a role that an instance profile hands out."""
    profile_arn: str
    """The profile of Roles Anywhere, or the instance profile, that it gets its role from."""
    role_arn: str | None = None
    """The role; None where the instance profile says which."""
    invited_by: str
    invited_at: datetime
    enrolled_at: datetime | None = None
    serial_numbers: tuple[str, ...] = ()
    """Of its certificates, the newest first: the one before holds until the new one is in use."""
    expires_at: datetime | None = None
    """When its newest certificate does."""
    is_revoked: bool = False

    @property
    def arn(self) -> str:
        """Its ARN, Garrison's own."""
        return host_arn(self.region, self.account, self.name)


def host_arn(region: str, account: str, name: str) -> str:
    """The ARN of an enrolled host."""
    return f"arn:aws:garrison:{region}:{account}:host/{name}"


def authority_of(unit: Unit) -> HostAuthority | None:
    """The account's own authority in the unit's region."""
    return unit.get(HostAuthority, "hosts")


def enrolled_host(unit: Unit, anchor: TrustAnchor, certificate: x509.Certificate) -> Host | None:
    """The host of a certificate that Garrison's own authority has signed; None for other authorities' certificates.

    Raises `Untrusted` where the host is gone or revoked, or the certificate is not one of its current ones.
    """
    authority = authority_of(unit)
    if authority is None or authority.trust_anchor != anchor.id:
        return None
    name = common_name(certificate)
    host = unit.get(Host, name) if name else None
    if host is None or host.is_revoked or str(certificate.serial_number) not in host.serial_numbers:
        raise Untrusted("Untrusted certificate. The host is not enrolled, or its certificate was revoked.")
    return host
