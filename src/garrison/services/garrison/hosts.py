"""Enrolment of hosts: let in by an invitation's token, known by their own key from then on, renewed by it, revoked by name."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from garrison.errors import ApiError
from garrison.services.garrison.faults import not_found
from garrison.services.garrison.host_tags import chosen, shown_tags
from garrison.services.garrison.invitations import (
    Invitation,
    host_named,
    invited_host,
    kept_invitation,
    new_host_id,
    take_back,
    use_up,
)
from garrison.services.garrison.service import service
from garrison.services.iam.resources import Account
from garrison.services.registry import Proof
from garrison.services.rolesanywhere.entering import account_of, trusted_by
from garrison.services.rolesanywhere.hosts import Host, HostAuthority, authority_of
from garrison.services.rolesanywhere.resources import TrustAnchor, anywhere_arn

if TYPE_CHECKING:
    from cryptography import x509

    from garrison.services.call import Call

Request = Mapping[str, Any]
Shown = dict[str, Any]

_KEPT_CERTIFICATES = 2
_LONGEST_NAME = 64
_INSTANCE = re.compile(r"i-[0-9a-f]{8,17}")


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
    """Take a host's public key for its token, of which one use is gone."""
    from garrison.services.garrison.host_certificates import public_key_of, sign

    key = public_key_of(request["CertificateSigningRequest"])
    invitation = kept_invitation(call, request["Token"])
    authority = authority_of(call.unit)
    if invitation is None or authority is None or not invitation.lets_in(call.source_address):
        raise _not_invited()
    host = _member(call, invitation, request) if invitation.is_group else invited_host(call, invitation)
    if host is None or host.is_revoked:
        raise _not_invited()
    own = chosen(request, invitation.own_tags)
    use_up(call, request["Token"], invitation)
    certificate = sign(call, authority, host, key)
    host = call.unit.save(
        _certified(replace(host, serial_numbers=(), enrolled_at=call.at, tags=host.tags | own), certificate)
    )
    return _certificate_shown(call, certificate, authority, host)


def _member(call: Call, invitation: Invitation, request: Request) -> Host:
    """A new host of a group: it may say its name and its instance, where no other host has them."""
    said, end = request.get("HostName"), secrets.token_hex(4)
    name = f"{invitation.name}-{said or end}"[:_LONGEST_NAME]
    if call.unit.get(Host, name) is not None:
        name = f"{name[: _LONGEST_NAME - len(end) - 1]}-{end}"
    instance = request.get("InstanceId") or ""
    if not _INSTANCE.fullmatch(instance) or call.unit.page(Host, where={"host_id": instance}, limit=1):
        instance = new_host_id()
    return call.unit.add(invitation.host(call, name, instance))


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


@service.operation("RevokeHost", needs={"garrison:RevokeHost": host_named})
def revoke_host(call: Call, request: Request) -> Shown:
    """Believe a host's certificates no longer, nor invitations of the name; those that a group has let in stay."""
    host = call.unit.get(Host, request["Name"])
    if not take_back(call, request["Name"]) and host is None:
        raise not_found(f"There is no host {request['Name']}.")
    if host is None:
        return {}
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
        "Tags": shown_tags(host.tags) or None,
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


def _not_invited() -> ApiError:
    return ApiError(
        "AccessDeniedException", "The invitation is not valid: it was used, has expired, or is none.", status=403
    )
