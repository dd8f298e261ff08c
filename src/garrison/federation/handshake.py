"""Look at a server's certificates, and trust one of them in particular: how a thumbprint vouches for an identity provider.

Source: IAM User Guide, "Obtain the thumbprint for an OpenID Connect identity provider": the SHA-1 digest of the topmost
certificate that the server presents.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Iterable
from typing import Any


def thumbprint(certificate: bytes) -> str:
    """The thumbprint of a certificate in DER: 40 digits in lower case."""
    return hashlib.sha1(certificate, usedforsecurity=False).hexdigest()


def presented_chain(host: str, port: int, seconds: float) -> list[bytes]:
    """The certificates that a server presents, its own first, in DER; nothing about them is verified."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((host, port), timeout=seconds) as connection,
        context.wrap_socket(connection, server_hostname=host) as secured,
    ):
        chain = _unverified_chain(secured)
    if not chain:
        raise ssl.SSLError("the server presented no certificate")
    return chain


def pinned_context(anchors: Iterable[bytes]) -> ssl.SSLContext:
    """A context that believes these certificates, and what they signed, and nobody else; names and dates count as ever."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    for anchor in anchors:
        context.load_verify_locations(cadata=anchor)
    return context


def _unverified_chain(secured: Any) -> list[bytes]:
    """Public since Python 3.13; before, the object underneath has it."""
    if hasattr(secured, "get_unverified_chain"):
        return list(secured.get_unverified_chain())
    return [certificate.public_bytes(_DER) for certificate in secured._sslobj.get_unverified_chain() or ()]


_DER = 2
"""`_ssl.ENCODING_DER`."""
