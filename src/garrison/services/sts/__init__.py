"""STS: temporary credentials, who a caller is, and what an encoded denial says."""

from __future__ import annotations

from garrison.services.sts import (  # noqa: F401  (each declares its operations)
    assume_role,
    caller,
    decode,
    federation_token,
    providers,
    session_token,
    with_saml,
    with_web_identity,
)
from garrison.services.sts.service import service

__all__ = ["service"]
