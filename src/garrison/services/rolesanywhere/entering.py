"""Find out who signs with a certificate, whether a trust anchor vouches for it, and what it opens: before any policy is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.iam.naming import lookup
from garrison.services.iam.resources import Account, InstanceProfile, Role
from garrison.services.rolesanywhere.attributes import default_session_name, session_tags, source_identity
from garrison.services.rolesanywhere.failures import Untrusted
from garrison.services.rolesanywhere.hosts import Host, enrolled_host
from garrison.services.rolesanywhere.naming import find_by_arn, invalid, not_found
from garrison.services.rolesanywhere.resources import Crl, Profile, TrustAnchor

if TYPE_CHECKING:
    from cryptography import x509

    from garrison.services.call import Call
    from garrison.store import Unit
    from garrison.wire.certificates import Presented

ANYWHERE, EC2 = "rolesanywhere.amazonaws.com", "ec2.amazonaws.com"
"""The service principals that a role's trust policy must let in: for a profile's roles, and for an instance profile's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a certificate opens: a role, for whom, and the limits of its sessions."""

    service: str
    account: str
    certificate: x509.Certificate
    role_arn: str
    session_name: str
    source_arn: str
    """`aws:SourceArn`: the trust anchor, or the host that an instance profile gives its role."""
    source_type: str = TrustAnchor.resource_type
    tags: dict[str, str] = field(default_factory=dict)
    source_identity: str | None = None
    longest_seconds: int | None = None
    session_policy: str | None = None
    managed_policy_arns: tuple[str, ...] = ()
    host: str | None = None
    """The ARN of the enrolled host whose certificate it is; None for certificates of other authorities."""


def denied(message: str) -> ApiError:
    """AccessDeniedException."""
    return ApiError("AccessDeniedException", message, status=403)


def account_of(call: Call, trust_anchor_arn: str) -> str:
    """The account that a trust anchor's ARN names, where Garrison has it and the ARN is of the called region."""
    arn = parse_arn(trust_anchor_arn)
    if arn is None or arn.service != "rolesanywhere" or not arn.resource.startswith(f"{TrustAnchor.kind}/"):
        raise invalid("The trustAnchorArn is not the ARN of a trust anchor.")
    with call.parts.store.reading(arn.account, "global") as unit:
        if arn.region != call.region or unit.get(Account, arn.account) is None:
            raise not_found(TrustAnchor.kind)
    return arn.account


def trusted_by(call: Call, unit: Unit, trust_anchor_arn: str) -> tuple[TrustAnchor, Host | None]:
    """The trust anchor that vouches for the call's certificate, and the enrolled host whose it is, if it is one's."""
    from garrison.services.rolesanywhere.chains import is_revoked, path_to_authority, read_authorities, read_crl

    presented: Presented | None = call.certificate
    anchor = find_by_arn(unit, TrustAnchor, trust_anchor_arn)
    if presented is None or anchor is None:
        raise not_found(TrustAnchor.kind)
    if not anchor.enabled:
        raise denied("The trust anchor is disabled.")
    try:
        authorities = read_authorities(anchor.certificates)
        path = path_to_authority(presented.certificate, presented.chain, authorities, call.at)
        lists = unit.page(Crl, where={"trust_anchor": anchor.id})
        if is_revoked(path, [read_crl(one.data, authorities) for one in lists if one.enabled]):
            raise Untrusted("Untrusted certificate. It was revoked.")
        return anchor, enrolled_host(unit, anchor, presented.certificate)
    except Untrusted as problem:
        raise denied(str(problem)) from None


def entry_of(call: Call, unit: Unit, request: Mapping[str, Any]) -> Entry:
    """What a request for a session opens; refused where the certificate, its host or the profile do not stand for it."""
    anchor, host = trusted_by(call, unit, request["trustAnchorArn"])
    certificate = call.certificate.certificate if call.certificate else None
    assert certificate is not None
    if host is not None and host.profile_arn != request["profileArn"]:
        raise denied("The host was not invited for this profile.")
    if host is not None and ":instance-profile/" in host.profile_arn:
        return _by_instance_profile(unit, anchor, host, certificate, request)
    if host is not None and host.role_arn not in (None, request.get("roleArn")):
        raise denied("The host was not invited for this role.")
    profile = find_by_arn(unit, Profile, request["profileArn"])
    if profile is None:
        raise not_found(Profile.kind)
    role_arn = request.get("roleArn")
    if not role_arn:
        raise invalid("roleArn must be given.")
    if not profile.enabled:
        raise denied("The profile is disabled.")
    if role_arn not in profile.role_arns:
        raise denied(f"The profile does not have the role {role_arn}.")
    name = request.get("roleSessionName")
    if name and not profile.accepts_role_session_name:
        raise denied("The profile does not accept a role session name.")
    return Entry(
        service=ANYWHERE,
        account=anchor.account,
        certificate=certificate,
        role_arn=role_arn,
        session_name=name or default_session_name(certificate),
        source_arn=anchor.arn,
        tags=session_tags(certificate),
        source_identity=source_identity(certificate),
        longest_seconds=profile.duration_seconds,
        session_policy=profile.session_policy,
        managed_policy_arns=profile.managed_policy_arns,
        host=host.arn if host is not None else None,
    )


def _by_instance_profile(
    unit: Unit, anchor: TrustAnchor, host: Host, certificate: x509.Certificate, request: Mapping[str, Any]
) -> Entry:
    """As on EC2: the instance profile says which role it is, now, and EC2 assumes it for the host."""
    profile = lookup(unit, InstanceProfile, host.profile_arn.rpartition("/")[2])
    role = lookup(unit, Role, profile.role) if profile is not None and profile.role is not None else None
    if profile is None or profile.arn != host.profile_arn or role is None:
        raise denied("The instance profile is gone, or has no role.")
    if request.get("roleArn") not in (None, role.arn):
        raise denied(f"The instance profile does not have the role {request['roleArn']}.")
    return Entry(
        service=EC2,
        account=anchor.account,
        certificate=certificate,
        role_arn=role.arn,
        session_name=host.host_id,
        source_arn=host.arn,
        source_type=Host.resource_type,
        host=host.arn,
    )
