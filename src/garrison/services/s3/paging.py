"""Continuation tokens: where a listing goes on, opaque to its caller."""

from __future__ import annotations

import base64
import binascii

from garrison.services.s3.failures import invalid_argument


def token_of(place: str) -> str:
    """The token for what comes after a place."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def read_token(token: str) -> str:
    """The place that a token stands for; InvalidArgument where it is none of ours."""
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise invalid_argument("The continuation token provided is incorrect", "continuation-token", token) from None
