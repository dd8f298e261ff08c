"""Sign the certificates of enrolled hosts. The authority's key is made with the first invitation, and never leaves the store's seal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from cryptography.x509.oid import NameOID

from garrison.services.garrison.faults import invalid
from garrison.services.rolesanywhere.hosts import HostAuthority, authority_of
from garrison.services.rolesanywhere.trust_anchors import new_trust_anchor

if TYPE_CHECKING:
    from garrison.services.call import Call
    from garrison.services.rolesanywhere.hosts import Host

AUTHORITY_LIFE = timedelta(days=3650)
CERTIFICATE_LIFE = timedelta(days=30)
"""Hosts renew theirs when half of it is over: one that is away for two weeks comes back by itself."""
_BACKDATED = timedelta(minutes=5)
"""For hosts whose clocks are behind."""
_ANCHOR_NAME = "garrison-hosts"
_SMALLEST_RSA_BITS, _LARGEST_RSA_BITS = 2048, 8192


def authority_for(call: Call) -> HostAuthority:
    """The account's own authority in the called region, made where there is none."""
    return authority_of(call.unit) or _new_authority(call)


def public_key_of(pem: str) -> ec.EllipticCurvePublicKey | rsa.RSAPublicKey:
    """The key of a certificate signing request, whose holder has signed it; ValidationException otherwise."""
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        key, is_held = request.public_key(), request.is_signature_valid
    except Exception:
        raise invalid("The certificate signing request cannot be read.") from None
    is_rsa = isinstance(key, rsa.RSAPublicKey) and _SMALLEST_RSA_BITS <= key.key_size <= _LARGEST_RSA_BITS
    is_ec = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, (ec.SECP256R1, ec.SECP384R1))
    if not is_held or not (is_rsa or is_ec):
        raise invalid("The certificate signing request must be signed with an RSA, P-256 or P-384 key.")
    assert isinstance(key, (ec.EllipticCurvePublicKey, rsa.RSAPublicKey))
    return key


def sign(call: Call, authority: HostAuthority, host: Host, key: object) -> x509.Certificate:
    """A certificate for a host's key: nothing that the host says of itself is in it."""
    signer = load_der_private_key(call.unit.unseal(authority.key), None)
    issuer = x509.load_pem_x509_certificate(authority.certificate.encode())
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    assert isinstance(key, (ec.EllipticCurvePublicKey, rsa.RSAPublicKey))
    subject = _name(call.account, host.name, host.host_id)
    builder = _builder(subject, issuer.subject, key, call.at, CERTIFICATE_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def _new_authority(call: Call) -> HostAuthority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(call.account, "Garrison host authority", call.region)
    builder = _builder(name, name, key.public_key(), call.at, AUTHORITY_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
    anchor = new_trust_anchor(call, _ANCHOR_NAME, pem, enabled=True, tags={})
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return call.unit.add(
        HostAuthority(
            account=call.account,
            region=call.region,
            trust_anchor=anchor.id,
            certificate=pem,
            key=call.unit.seal(private),
            created_at=call.at,
        )
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    at: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(at - _BACKDATED).not_valid_after(at + life)


def _name(account: str, common_name: str, unit: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, account),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
