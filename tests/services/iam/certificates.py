"""A key and certificates of it, valid at the time at which tests begin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

EC_KEY = ec.generate_private_key(ec.SECP256R1())
STARTED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def certificate(name: str = "a", days: int = 30) -> str:
    """A self-signed certificate that is valid for these days from the tests' time on."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(EC_KEY.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(STARTED_AT - timedelta(days=90))
    made = builder.not_valid_after(STARTED_AT + timedelta(days=days)).sign(EC_KEY, SHA256())
    return made.public_bytes(Encoding.PEM).decode()
