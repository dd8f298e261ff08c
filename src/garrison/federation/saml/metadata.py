"""Read the metadata document of an identity provider: who it is, until when it counts, and which keys sign for it.

Source: SAML 2.0 metadata, sections 2.3 and 2.4; IAM API reference, CreateSAMLProvider.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from garrison.federation.saml.xml import METADATA, SIGNATURE, NotRead, children, parse, text_of, time_of

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from lxml.etree import _Element

PROTOCOL_NAME = "urn:oasis:names:tc:SAML:2.0:protocol"
MOST_CERTIFICATES = 20
SMALLEST_RSA_BITS = 2048
LARGEST_RSA_BITS = 8192


class Metadata(NamedTuple):
    """What counts of a metadata document."""

    entity_id: str
    """The issuer that the provider's assertions name."""
    certificates: tuple[Certificate, ...]
    """Those whose keys sign for the provider."""
    valid_until: datetime | None


def read_metadata(document: str) -> Metadata:
    """The metadata of one identity provider; raises `NotRead` where the document does not describe one."""
    root = parse(document, with_comments=True)
    entity_id = root.get("entityID", "")
    if root.tag != f"{METADATA}EntityDescriptor" or not entity_id.strip() or len(entity_id) > 1024:
        raise NotRead("no entity descriptor with an entity id")
    descriptors = [
        each
        for each in children(root, f"{METADATA}IDPSSODescriptor")
        if PROTOCOL_NAME in each.get("protocolSupportEnumeration", "").split()
    ]
    if len(descriptors) != 1:
        raise NotRead("no single identity provider for SAML 2.0")
    certificates = _certificates(descriptors[0])
    if not 1 <= len(certificates) <= MOST_CERTIFICATES:
        raise NotRead("no certificate to verify signatures with")
    limits = [time_of(each.get("validUntil", "")) for each in (root, descriptors[0]) if "validUntil" in each.attrib]
    return Metadata(entity_id, certificates, min(limits, default=None))


def _certificates(descriptor: _Element) -> tuple[Certificate, ...]:
    found: dict[bytes, Certificate] = {}
    for key in children(descriptor, f"{METADATA}KeyDescriptor"):
        if key.get("use", "signing") != "signing":
            continue
        for element in key.iter(f"{SIGNATURE}X509Certificate"):
            raw = _decoded(text_of(element))
            found[raw] = _certificate(raw)
    return tuple(found.values())


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError:  # also for other letters than ASCII's
        raise NotRead("a certificate that is not base64") from None


def _certificate(raw: bytes) -> Certificate:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    try:
        certificate = x509.load_der_x509_certificate(raw)
        key = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise NotRead("a certificate that cannot be read") from None
    if isinstance(key, RSAPublicKey) and SMALLEST_RSA_BITS <= key.key_size <= LARGEST_RSA_BITS:
        return certificate
    if isinstance(key, EllipticCurvePublicKey) and key.key_size >= 256:
        return certificate
    raise NotRead("a certificate whose key is too weak")
