"""Sign requests: with the key of the host's certificate, and with the temporary credentials that it opens (SigV4).

Sources: IAM User Guide, "AWS Signature Version 4"; IAM Roles Anywhere User Guide, "The IAM Roles Anywhere authentication signing process".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from garrison.agent import keys
from garrison.agent.identity import Identity

_X509, _HMAC = "AWS4-X509-ECDSA-SHA256", "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Session:
    """Temporary credentials of the host's role."""

    access_key_id: str
    secret: str
    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Session({self.access_key_id})"


def by_certificate(
    identity: Identity, path: str, headers: Mapping[str, str], body: bytes, service: str, at: datetime
) -> dict[str, str]:
    """The headers that sign a POST with the certificate's key."""
    certificate = base64.b64encode(identity.certificate_der).decode()
    own = {"x-amz-date": _time(at), "x-amz-x509": certificate}
    signed = {**headers, **own}
    scope = f"{at:%Y%m%d}/{identity.place.region}/{service}/aws4_request"
    text = _to_sign(_X509, scope, path, signed, body, at)
    signature = keys.sign(identity.key, text.encode()).hex()
    return own | _authorization(_X509, str(keys.serial_number(identity.certificate)), scope, signed, signature)


def by_session(
    session: Session, region: str, path: str, headers: Mapping[str, str], body: bytes, service: str, at: datetime
) -> dict[str, str]:
    """The headers that sign a POST with a session's secret."""
    own = {"x-amz-date": _time(at), "x-amz-security-token": session.token}
    signed = {**headers, **own}
    scope = f"{at:%Y%m%d}/{region}/{service}/aws4_request"
    key = f"AWS4{session.secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = _to_sign(_HMAC, scope, path, signed, body, at)
    return own | _authorization(
        _HMAC, session.access_key_id, scope, signed, hmac.new(key, text.encode(), "sha256").hexdigest()
    )


def _to_sign(algorithm: str, scope: str, path: str, headers: Mapping[str, str], body: bytes, at: datetime) -> str:
    lines = [f"{name}:{' '.join(value.split())}" for name, value in sorted(headers.items())]
    digest = hashlib.sha256(body).hexdigest()
    canonical = "\n".join(["POST", path, "", *lines, "", ";".join(sorted(headers)), digest])
    return "\n".join([algorithm, _time(at), scope, hashlib.sha256(canonical.encode()).hexdigest()])


def _authorization(algorithm: str, name: str, scope: str, headers: Mapping[str, str], signature: str) -> dict[str, str]:
    names = ";".join(sorted(headers))
    return {"authorization": f"{algorithm} Credential={name}/{scope}, SignedHeaders={names}, Signature={signature}"}


def _time(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%SZ")
