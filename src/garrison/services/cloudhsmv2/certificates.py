"""The certificates by which a cluster is claimed: its signing request, made by a key in the HSM, and the answer of the owner's CA.

CloudHSM user guide, "Initialize the cluster", "Get the cluster CSR" and "Sign the CSR".
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from garrison.services.cloudhsmv2.failures import invalid

if TYPE_CHECKING:
    from cryptography import x509

    from garrison.crypto import LoadedKey

MOST_CHARACTERS = 5_000
"""Of a certificate in InitializeCluster."""


def signing_request(key: LoadedKey, public_key: bytes, hsm: str) -> str:
    """The signing request of a cluster's key in PEM, signed in the HSM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    names = {
        NameOID.COUNTRY_NAME: "US",
        NameOID.ORGANIZATION_NAME: "Garrison",
        NameOID.ORGANIZATIONAL_UNIT_NAME: "CloudHSM",
        NameOID.COMMON_NAME: f"HSM:{hsm}:PARTN:1",
    }
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in names.items()])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return builder.sign(_signer(key, public_key), hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def _signer(key: LoadedKey, public_key: bytes) -> Any:
    """The key as the builder wants it: it asks for the public half, and for one signature."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    public = serialization.load_der_public_key(public_key)

    class InToken(rsa.RSAPrivateKey):
        def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
            return key.sign(bytes(data), "RSASSA_PKCS1_V1_5_SHA_256", is_digest=False)

        def public_key(self) -> Any:
            return public

    InToken.__abstractmethods__ = frozenset()  # what is left is never asked of a key in a token
    signer: Any = InToken
    return signer()


def check_claim(csr: str, signed: str, trust_anchor: str, at: datetime) -> None:
    """CloudHsmInvalidRequestException unless the trust anchor, a self-signed root, has signed the key of the request."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    root, certificate = _read("TrustAnchor", trust_anchor), _read("SignedCert", signed)
    for name, issued, issuer in (("TrustAnchor", root, root), ("SignedCert", certificate, root)):
        try:
            issued.verify_directly_issued_by(issuer)
        except (InvalidSignature, ValueError, TypeError):
            problem = "is not self-signed" if issued is issuer else "was not issued by the TrustAnchor"
            raise invalid(f"The {name} {problem}.") from None
        if not issued.not_valid_before_utc <= at <= issued.not_valid_after_utc:
            raise invalid(f"The {name} is not valid at this time.")
    request = x509.load_pem_x509_csr(csr.encode())
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if certificate.public_key().public_bytes(*form) != request.public_key().public_bytes(*form):
        raise invalid("The SignedCert is not for the key of the cluster's CSR.")


def same_certificate(one: str, other: str) -> bool:
    """Whether two texts in PEM are the same certificate; whitespace does not matter."""
    from cryptography import x509

    try:
        both = [x509.load_pem_x509_certificate(text.strip().encode()) for text in (one, other)]
    except ValueError:
        return False
    return both[0] == both[1]


def _read(name: str, text: str) -> x509.Certificate:
    from cryptography import x509

    if len(text) > MOST_CHARACTERS:
        raise invalid(f"The {name} has more than {MOST_CHARACTERS} characters.")
    try:
        found = x509.load_pem_x509_certificates(text.encode())
        [certificate] = found
        certificate.public_key()
    except (ValueError, TypeError):
        raise invalid(f"The {name} is not one certificate in PEM.") from None
    return certificate
