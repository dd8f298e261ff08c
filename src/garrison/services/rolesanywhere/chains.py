"""Judge X.509 certificates: which can be authorities, and whether one of them vouches for a host's certificate. Pure.

The demands are those of the IAM Roles Anywhere User Guide, "The IAM Roles Anywhere trust model": authorities are CA
certificates of version 3; a host's is none, may make digital signatures, and nothing is signed with MD5 or SHA-1.
X.509 takes long to load: whoever needs this module imports it then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtensionOID

from garrison.services.rolesanywhere.failures import Untrusted

MOST_AUTHORITIES = 2
"""Certificates of one trust anchor ("Quotas for IAM Roles Anywhere": certificates per trust anchor)."""
LONGEST_PATH = 6
"""Certificates between the host's and the authority's, both included: five may come with a request."""
SMALLEST_RSA_BITS = 2048

_STRONG = (hashes.SHA256, hashes.SHA384, hashes.SHA512)
_UNDERSTOOD = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.CERTIFICATE_POLICIES,
    }
)
"""Extensions that may be critical: a certificate with another one that is may not be taken for what it seems."""


def read_authorities(pem: str) -> list[x509.Certificate]:
    """The authorities of a bundle; raises `Untrusted` where one cannot be an authority."""
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise Untrusted("The certificate data cannot be read as PEM.") from None
    if not 1 <= len(found) <= MOST_AUTHORITIES:
        raise Untrusted(f"A trust anchor has 1 to {MOST_AUTHORITIES} certificates.")
    for certificate in found:
        _check_form(certificate)
        if not _is_authority(certificate):
            raise Untrusted("The certificate is not one of a certificate authority.")
    return found


def read_crl(pem: bytes, authorities: Iterable[x509.Certificate]) -> x509.CertificateRevocationList:
    """A revocation list, which one of the authorities must have signed; raises `Untrusted`."""
    try:
        crl = x509.load_pem_x509_crl(pem)
        issuers = [one for one in authorities if one.subject == crl.issuer]
    except ValueError:
        raise Untrusted("The CRL cannot be read as PEM.") from None
    if not isinstance(crl.signature_hash_algorithm, _STRONG):
        raise Untrusted("The CRL is signed with a hash that is not accepted.")
    for issuer in issuers:
        key = issuer.public_key()
        if isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)) and crl.is_signature_valid(key):
            return crl
    raise Untrusted("The CRL is not signed by the trust anchor.")


def path_to_authority(
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    authorities: Sequence[x509.Certificate],
    at: datetime,
) -> list[x509.Certificate]:
    """The way from a host's certificate to an authority, both included; raises `Untrusted` where there is none."""
    _check_host(certificate)
    path = [certificate]
    while len(path) < LONGEST_PATH:
        authority = _issuer_among(authorities, path[-1], len(path) - 1)
        found = authority or _issuer_among([one for one in chain if one not in path], path[-1], len(path) - 1)
        if found is None:
            break
        path.append(found)
        if authority is not None:
            _check_times(path, at)
            return path
    raise Untrusted("Untrusted certificate. The certificate is not trusted by the trust anchor.")


def is_revoked(path: Sequence[x509.Certificate], crls: Iterable[x509.CertificateRevocationList]) -> bool:
    """Whether a list revokes a certificate that leads to its authority."""
    return any(
        crl.issuer == certificate.issuer and crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        for crl in crls
        for certificate in path
    )


def _check_host(certificate: x509.Certificate) -> None:
    _check_form(certificate)
    constraints = _extension(certificate, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        raise Untrusted("Untrusted certificate. It is one of a certificate authority.")
    usage = _extension(certificate, x509.KeyUsage)
    if usage is None or not usage.digital_signature:
        raise Untrusted("Untrusted certificate. Its key usage does not include digital signatures.")


def _check_form(certificate: x509.Certificate) -> None:
    if certificate.version is not x509.Version.v3:
        raise Untrusted("Untrusted certificate. It is not of version 3.")
    if not isinstance(certificate.signature_hash_algorithm, _STRONG):
        raise Untrusted("Untrusted certificate. It is signed with a hash that is not accepted.")
    key = certificate.public_key()
    is_strong_rsa = isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA_BITS
    if not is_strong_rsa and not isinstance(key, ec.EllipticCurvePublicKey):
        raise Untrusted("Untrusted certificate. Its key is not of a kind or size that is accepted.")
    unknown = [one for one in certificate.extensions if one.critical and one.oid not in _UNDERSTOOD]
    if unknown:
        raise Untrusted(f"Untrusted certificate. The critical extension {unknown[0].oid.dotted_string} is not known.")


def _is_authority(certificate: x509.Certificate) -> bool:
    constraints = _extension(certificate, x509.BasicConstraints)
    usage = _extension(certificate, x509.KeyUsage)
    return constraints is not None and constraints.ca and (usage is None or usage.key_cert_sign)


def _issuer_among(
    candidates: Iterable[x509.Certificate], issued: x509.Certificate, between: int
) -> x509.Certificate | None:
    """Who issued a certificate; `between` is how many authorities already lie below."""
    for candidate in candidates:
        if candidate.subject != issued.issuer or not _is_authority(candidate):
            continue
        constraints = _extension(candidate, x509.BasicConstraints)
        if constraints is not None and constraints.path_length is not None and constraints.path_length < between:
            continue
        try:
            _check_form(candidate)
            issued.verify_directly_issued_by(candidate)
        except Exception:  # noqa: S112 - another of the same name may be the one
            continue
        return candidate
    return None


def _check_times(path: Iterable[x509.Certificate], at: datetime) -> None:
    for certificate in path:
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            raise Untrusted("Untrusted certificate. It, or one on the way to its authority, is not valid now.")


def _extension(certificate: x509.Certificate, kind: type[x509.ExtensionType]) -> Any:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None
