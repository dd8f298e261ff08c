"""The headers under which the console's pages run: only their own scripts, calls to the API alone, in nobody's frame.

Sources: Content Security Policy Level 3; HTML standard, "Cross-origin opener policies"; Permissions Policy; RFC 6797 (HSTS).
"""

from __future__ import annotations

import ipaddress

from garrison.wire.http import HttpResponse

_FEATURES = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)
_OPENER = ("cross-origin-opener-policy", "same-origin")
_ALWAYS = (
    ("cross-origin-resource-policy", "same-origin"),
    ("origin-agent-cluster", "?1"),
    ("permissions-policy", ", ".join(f"{feature}=()" for feature in _FEATURES)),
    ("x-frame-options", "DENY"),
)
"""`nosniff` and `Referrer-Policy: no-referrer` are added to all pages of our own (`garrison.gateway.responses`)."""
_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    # No text becomes markup but by the page's one policy, which lets XML of services be parsed (console/src/trustedTypes.ts).
    "require-trusted-types-for 'script'",
    "trusted-types default",
)
_HSTS = ("strict-transport-security", "max-age=31536000")


def guarded(response: HttpResponse, *, api_origin: str | None, hsts: bool) -> HttpResponse:
    """An answer of the console's port with all headers that guard it."""
    policy = ("content-security-policy", "; ".join((*_POLICY, f"connect-src 'self' {api_origin or ''}".rstrip())))
    # A plain page has a stricter policy of its own: its sandbox gives it no origin to keep apart, and browsers refuse both together.
    has_own = any(name == policy[0] for name, _ in response.headers)
    own = [] if has_own else [policy, _OPENER]
    response.headers = [*response.headers, *own, *_ALWAYS, *([_HSTS] if hsts else [])]
    return response


def takes_hsts(host: str | None) -> bool:
    """Whether HSTS does good for a host: it would hold for every port, so not for `localhost`, where other programs serve too."""
    name = (host or "").rpartition(":")[0] or host or ""
    if name.startswith("[") or name == "localhost" or name.endswith(".localhost"):
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return True
    return False
