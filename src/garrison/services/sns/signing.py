"""What of a message is signed, and how: the receiver checks it against the certificate that the message names.

SNS Developer Guide, "Verifying the signatures of Amazon SNS messages": version 1 is SHA-1, version 2 SHA-256, both with RSA PKCS #1 v1.5.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from garrison.services.sns.queue import NOTIFICATION
from garrison.services.sns.resources import SigningCertificate

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from garrison.settings import Settings
    from garrison.store import Store, Unit

VALID_FOR = timedelta(days=3 * 365)
RENEWED_BEFORE = timedelta(days=365)
"""A certificate is replaced so long before it expires; until then its address stays good."""
CERTIFICATE_NAME = "SimpleNotificationService-{}.pem"
_SIGNED_OF_NOTIFICATIONS = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
_SIGNED_OF_CONFIRMATIONS = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")


def string_to_sign(document: Mapping[str, str]) -> bytes:
    """The signed text of a message: names and values of some members, a line each; a subject only where there is one."""
    names = _SIGNED_OF_NOTIFICATIONS if document["Type"] == NOTIFICATION else _SIGNED_OF_CONFIRMATIONS
    return "".join(f"{name}\n{document[name]}\n" for name in names if name in document).encode()


class Signer:
    """Signs by one certificate."""

    def __init__(self, certificate: SigningCertificate, key: RSAPrivateKey) -> None:
        self.certificate = certificate
        self._key = key

    def is_good_at(self, at: datetime) -> bool:
        """Whether it is not about to expire."""
        return at < self.certificate.expires_at - RENEWED_BEFORE

    def signature(self, document: Mapping[str, str], version: str) -> str:
        """The signature of a message, in base64."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

        algorithm = hashes.SHA256() if version == "2" else hashes.SHA1()  # noqa: S303 - as version 1 is defined
        return base64.b64encode(self._key.sign(string_to_sign(document), PKCS1v15(), algorithm)).decode()


def signer_at(store: Store, settings: Settings, at: datetime) -> Signer:
    """The signer to use now; made where there is none that stays good."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    with store.reading(settings.account_id, "global") as unit:
        kept = _newest(unit)
        if kept is not None and at < kept.expires_at - RENEWED_BEFORE:
            return Signer(kept, load_pem_private_key(unit.unseal(kept.key_ref), None))  # type: ignore[arg-type]
    with store.writing(settings.account_id, "global") as unit:
        return _made(unit, at)


def certificate_pem(unit: Unit, name: str) -> bytes | None:
    """The certificate of a file's name, None where there is none."""
    start, end = CERTIFICATE_NAME.split("{}")
    if not name.startswith(start) or not name.endswith(end):
        return None
    kept = unit.get(SigningCertificate, name[len(start) : -len(end)])
    return kept.certificate.encode() if kept is not None else None


def _newest(unit: Unit) -> SigningCertificate | None:
    return max(unit.page(SigningCertificate), key=lambda kept: kept.expires_at, default=None)


def _made(unit: Unit, at: datetime) -> Signer:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), at, at + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("sns.amazonaws.com")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    kept = unit.add(
        SigningCertificate(
            account=unit.account,
            fingerprint=built.fingerprint(hashes.SHA256()).hex()[:32],
            certificate=built.public_bytes(serialization.Encoding.PEM).decode(),
            key_ref=unit.seal(secret),
            expires_at=at + VALID_FOR,
        )
    )
    return Signer(kept, key)
