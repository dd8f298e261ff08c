"""JA3 and JA4: fingerprints of the client's TLS handshake, where the proxy in front supplies them."""

from __future__ import annotations

from garrison.waf.document.fields import Fingerprint
from garrison.waf.fields.parts import MATCHES, MATCHES_NOT, Limits, Part, Parts
from garrison.waf.fields.registry import Read, field
from garrison.waf.request import Request


def _or_fallback(fingerprint: str | None, absent: Parts) -> Parts:
    return Parts((Part("", fingerprint.encode(errors="replace")),)) if fingerprint else absent


@field("ja3_fingerprint", "JA3_FINGERPRINT")
def ja3(specification: Fingerprint, pre: tuple[str, ...], limits: Limits) -> Read:
    """The 32 characters of JA3; the fallback decides for requests without it."""
    absent = MATCHES if specification.fallback_behavior == "MATCH" else MATCHES_NOT

    def read(request: Request) -> Parts:
        return _or_fallback(request.ja3, absent)

    return read


@field("ja4_fingerprint", "JA4_FINGERPRINT")
def ja4(specification: Fingerprint, pre: tuple[str, ...], limits: Limits) -> Read:
    """The 36 characters of JA4; the fallback decides for requests without it."""
    absent = MATCHES if specification.fallback_behavior == "MATCH" else MATCHES_NOT

    def read(request: Request) -> Parts:
        return _or_fallback(request.ja4, absent)

    return read
