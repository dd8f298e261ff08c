"""Signatures made by a certificate's key: SigV4 with a private key in place of the secret.

IAM Roles Anywhere User Guide, "The IAM Roles Anywhere authentication signing process": the canonical request and the string
to sign are SigV4's; `X-Amz-X509` and `X-Amz-X509-Chain` bring the certificates, and the credential begins with the serial number.
Here only the signature is judged: whether anyone vouches for the certificate is the operation's to find out.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from garrison.wire.canonical import octets
from garrison.wire.signature import Claim, Kind, SignatureProblem, printable
from garrison.wire.sigv4 import canonical_request, string_to_sign

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from garrison.wire.http import HttpRequest

CERTIFICATE_HEADER = "x-amz-x509"
CHAIN_HEADER = "x-amz-x509-chain"
MOST_IN_CHAIN = 5
"""Certificates in a chain ("The IAM Roles Anywhere authentication signing process": up to five)."""
LARGEST_CERTIFICATE = 16 * 1024
"""Characters of one certificate in Base64; those in use have under 4,000."""
SMALLEST_RSA_BITS, LARGEST_RSA_BITS = 2048, 8192


@dataclass(frozen=True, slots=True)
class Presented:
    """A certificate whose key has signed a request, with what came along to lead to an authority."""

    certificate: Certificate
    chain: tuple[Certificate, ...]


def verify(request: HttpRequest, claim: Claim) -> Presented:
    """The certificate that a request is signed with; raises `SignatureProblem`. The claim itself is checked already."""
    presented = _read(request, claim)
    if not {CERTIFICATE_HEADER, *({CHAIN_HEADER} if presented.chain else ())} <= set(claim.signed_headers):
        raise SignatureProblem(Kind.HEADERS_NOT_SIGNED, names=CERTIFICATE_HEADER)
    if str(presented.certificate.serial_number) != claim.access_key_id:
        raise _not_its(claim)
    text = octets(string_to_sign(claim, canonical_request(request, claim)))
    try:
        signature = bytes.fromhex(claim.signature)
    except ValueError:
        raise _not_its(claim) from None
    if not _is_signed(presented.certificate, claim.algorithm, signature, text):
        raise _not_its(claim)
    return presented


def _read(request: HttpRequest, claim: Claim) -> Presented:
    named = [value for name, value in request.headers if name == CERTIFICATE_HEADER]
    chains = [value for name, value in request.headers if name == CHAIN_HEADER]
    if len(named) != 1 or len(chains) > 1:
        raise SignatureProblem(Kind.INCOMPLETE, "The request must have one X-Amz-X509 header, and one chain at most.")
    further = [text for text in (chains[0].split(",") if chains else ()) if text.strip()]
    if len(further) > MOST_IN_CHAIN:
        raise SignatureProblem(Kind.INCOMPLETE, f"A chain has at most {MOST_IN_CHAIN} certificates.")
    return Presented(_certificate(named[0]), tuple(_certificate(text) for text in further))


def _certificate(text: str) -> Certificate:
    from cryptography import x509

    try:
        if len(text) > LARGEST_CERTIFICATE:
            raise ValueError
        found = x509.load_der_x509_certificate(base64.b64decode(text.strip(), validate=True))
        # What is read when first asked for may be malformed: ask here, where that is answered as a malformed request.
        found.public_key(), found.extensions, found.subject, found.issuer, found.signature_hash_algorithm
    except (ValueError, TypeError, binascii.Error, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        raise SignatureProblem(Kind.INCOMPLETE, "A certificate of the request cannot be read.") from None
    except Exception as problem:  # a curve, key or version that the library does not know
        raise SignatureProblem(Kind.INCOMPLETE, "A certificate of the request is not supported.") from problem
    return found


def _is_signed(certificate: Certificate, algorithm: str, signature: bytes, text: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm == "AWS4-X509-RSA-SHA256":
            if not SMALLEST_RSA_BITS <= key.key_size <= LARGEST_RSA_BITS:
                return False
            key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm == "AWS4-X509-ECDSA-SHA256":
            key.verify(signature, text, ec.ECDSA(hashes.SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _not_its(claim: Claim) -> SignatureProblem:
    return SignatureProblem(Kind.MISMATCH, access_key_id=printable(claim.access_key_id))
