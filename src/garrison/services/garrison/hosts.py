"""Enrolment of hosts: invited with a one-time token, known by their own key from then on, renewed by it, revoked by name."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.arn import parse_arn
from garrison.errors import ApiError
from garrison.services.garrison.faults import invalid, not_found
from garrison.services.garrison.service import service
from garrison.services.iam.naming import lookup
from garrison.services.iam.resources import Account, InstanceProfile, Role
from garrison.services.registry import Proof
from garrison.services.rolesanywhere.entering import account_of, trusted_by
from garrison.services.rolesanywhere.hosts import Host, HostAuthority, authority_of, host_arn
from garrison.services.rolesanywhere.naming import find_by_arn
from garrison.services.rolesanywhere.resources import Profile, TrustAnchor, anywhere_arn

if TYPE_CHECKING:
    from cryptography import x509

    from garrison.services.call import Call

Request = Mapping[str, Any]
Shown = dict[str, Any]

DEFAULT_SECONDS = 3600
_NAMESPACE = "host-invitation"
_SECRET_BYTES = 32
_KEPT_CERTIFICATES = 2


def _host(call: Call, request: Request) -> str:
    return host_arn(call.region, call.account, request["Name"])


def _passed_role(call: Call, request: Request) -> tuple[str, ...]:
    """The role that whoever invites must be allowed to pass: the one named, or that of the instance profile."""
    if request.get("RoleArn"):
        return (request["RoleArn"],)
    profile = _instance_profile(call, request["ProfileArn"])
    role = lookup(call.unit, Role, profile.role) if profile is not None and profile.role else None
    return (role.arn,) if role is not None else ()


def _passing(call: Call, request: Request) -> dict[str, Any]:
    is_ec2 = ":instance-profile/" in request["ProfileArn"]
    return {"iam:PassedToService": "ec2.amazonaws.com" if is_ec2 else "rolesanywhere.amazonaws.com"}


@service.operation(
    "CreateHostInvitation",
    needs={"garrison:CreateHostInvitation": _host, "iam:PassRole": _passed_role},
    context=_passing,
    hidden=("Token",),
)
def create_host_invitation(call: Call, request: Request) -> Shown:
    """A token that is good once, for a host and its profile. Inviting a host again ends what it proved itself by before."""
    from garrison.services.garrison.host_certificates import authority_for  # X.509 takes long to load

    _check_profile(call, request)
    authority_for(call)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    token = f"{call.account}.{call.region}.{secret}"
    known = call.unit.get(Host, request["Name"])
    fields: dict[str, Any] = {
        "profile_arn": request["ProfileArn"],
        "role_arn": request.get("RoleArn"),
        "invited_by": call.principal.arn,
        "invited_at": call.at,
    }
    if known is not None:
        host = call.unit.save(replace(known, **fields, serial_numbers=(), enrolled_at=None, is_revoked=False))
    else:
        host_id = f"i-{secrets.token_hex(9)[:17]}"
        host = call.unit.add(
            Host(account=call.account, region=call.region, name=request["Name"], host_id=host_id, **fields)
        )
    expires_at = call.at + timedelta(seconds=request.get("ExpiresInSeconds") or DEFAULT_SECONDS)
    for entry in call.unit.state_page(_NAMESPACE, region=call.region):
        if entry.value.decode() == host.name:
            call.unit.state_remove(_NAMESPACE, entry.key, region=call.region)
    call.unit.state_put(_NAMESPACE, _digest(token), host.name.encode(), expires_at=expires_at, region=call.region)
    return {"Token": token, "ExpiresAt": expires_at, "Host": shown(host)}


def _place(call: Call, request: Request) -> None:
    """The account and region that a token is for."""
    account, _, rest = request["Token"].partition(".")
    region, _, secret = rest.partition(".")
    is_known = len(account) == 12 and account.isascii() and account.isdigit() and region.replace("-", "").isalnum()
    if is_known and secret:
        with call.parts.store.reading(account, "global") as unit:
            is_known = unit.get(Account, account) is not None
    if not is_known or not secret:
        raise _not_invited()
    call.account, call.region = account, region


@service.operation(
    "EnrollHost",
    needs={},
    anonymous=True,
    hidden=("Token",),
    prepare=_place,
    proof=Proof(is_given=lambda request: True, check=lambda call, request: None),
)
def enroll_host(call: Call, request: Request) -> Shown:
    """Take a host's public key for its token, which is used up."""
    from garrison.services.garrison.host_certificates import public_key_of, sign

    key = public_key_of(request["CertificateSigningRequest"])
    digest = _digest(request["Token"])
    invited = call.unit.state_get(_NAMESPACE, digest, region=call.region)
    host = call.unit.get(Host, invited.value.decode()) if invited is not None else None
    authority = authority_of(call.unit)
    if host is None or authority is None or host.is_revoked:
        raise _not_invited()
    call.unit.state_remove(_NAMESPACE, digest, region=call.region)
    certificate = sign(call, authority, host, key)
    host = call.unit.save(_certified(replace(host, serial_numbers=(), enrolled_at=call.at), certificate))
    return _certificate_shown(call, certificate, authority, host)


def _prove(call: Call, request: Request) -> None:
    call.account = account_of(call, request["TrustAnchorArn"])


def _prove_host(call: Call, request: Request) -> None:
    _, call.evidence = trusted_by(call, call.unit, request["TrustAnchorArn"])
    if call.evidence is None:
        raise ApiError("AccessDeniedException", "The certificate is not one of an enrolled host.", status=403)


@service.operation(
    "RenewHostCertificate",
    needs={},
    anonymous=True,
    by_certificate=True,
    prepare=_prove,
    proof=Proof(is_given=lambda request: True, check=_prove_host),
)
def renew_host_certificate(call: Call, request: Request) -> Shown:
    """A new certificate for whoever holds the key of the present one, which holds until the one after it is made."""
    from garrison.services.garrison.host_certificates import public_key_of, sign

    key = public_key_of(request["CertificateSigningRequest"])
    authority = authority_of(call.unit)
    assert authority is not None
    certificate = sign(call, authority, call.evidence, key)
    host = call.unit.save(_certified(call.evidence, certificate))
    return _certificate_shown(call, certificate, authority, host)


@service.operation("RevokeHost", needs={"garrison:RevokeHost": _host})
def revoke_host(call: Call, request: Request) -> Shown:
    """Believe a host's certificates and its invitation no longer."""
    host = call.unit.get(Host, request["Name"])
    if host is None:
        raise not_found(f"There is no host {request['Name']}.")
    return {"Host": shown(call.unit.save(replace(host, is_revoked=True, serial_numbers=())))}


def shown(host: Host) -> Shown:
    """A host as answers show it."""
    status = "REVOKED" if host.is_revoked else "ENROLLED" if host.enrolled_at is not None else "INVITED"
    members = {
        "Name": host.name,
        "Arn": host.arn,
        "HostId": host.host_id,
        "ProfileArn": host.profile_arn,
        "RoleArn": host.role_arn,
        "Status": status,
        "InvitedAt": host.invited_at,
        "EnrolledAt": host.enrolled_at,
        "CertificateExpiresAt": host.expires_at,
    }
    return {name: value for name, value in members.items() if value is not None}


def _certified(host: Host, certificate: x509.Certificate) -> Host:
    serials = (str(certificate.serial_number), *host.serial_numbers)[:_KEPT_CERTIFICATES]
    return replace(host, serial_numbers=serials, expires_at=certificate.not_valid_after_utc)


def _certificate_shown(call: Call, certificate: x509.Certificate, authority: HostAuthority, host: Host) -> Shown:
    from cryptography.hazmat.primitives.serialization import Encoding

    call.resources.append({"ARN": host.arn, "accountId": host.account, "type": Host.resource_type})
    return {
        "Certificate": certificate.public_bytes(Encoding.PEM).decode(),
        "TrustAnchorArn": anywhere_arn(host.region, host.account, TrustAnchor.kind, authority.trust_anchor),
        "Host": shown(host),
    }


def _check_profile(call: Call, request: Request) -> None:
    arn, role_arn = request["ProfileArn"], request.get("RoleArn")
    if ":instance-profile/" in arn:
        if role_arn:
            raise invalid("An instance profile says itself which role it hands out: leave RoleArn out.")
        if _instance_profile(call, arn) is None:
            raise not_found("There is no such instance profile.")
        return
    profile = find_by_arn(call.unit, Profile, arn)
    if profile is None:
        raise not_found("There is no such profile in this account and region.")
    if role_arn not in profile.role_arns:
        raise invalid("RoleArn must be one of the profile's roles.")


def _instance_profile(call: Call, text: str) -> InstanceProfile | None:
    arn = parse_arn(text)
    found = lookup(call.unit, InstanceProfile, arn.name) if arn is not None else None
    return found if found is not None and found.arn == text else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _not_invited() -> ApiError:
    return ApiError(
        "AccessDeniedException", "The invitation is not valid: it was used, has expired, or is none.", status=403
    )
