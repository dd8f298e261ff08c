"""Sign calls of our own to a Garrison server: SigV4 by POST, with whatever key makes the signature.

IAM User Guide, "Create a signed AWS API request"; IAM Roles Anywhere User Guide, "The IAM Roles Anywhere authentication signing process".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from garrison.wire.http import HttpRequest
from garrison.wire.signature import TERMINATOR, Claim, basic_time
from garrison.wire.sigv4 import canonical_request, string_to_sign


def authorization(
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    key_id: str,
    region: str,
    service: str,
    at: datetime,
    algorithm: str,
    sign: Callable[[bytes], bytes],
) -> dict[str, str]:
    """The date and authorization of a POST. All `headers`, in lower case, are signed; `sign` makes the signature of a text."""
    timestamp = basic_time(at)
    signed = {**headers, "x-amz-date": timestamp}
    claim = Claim(
        access_key_id=key_id,
        date=timestamp[:8],
        region=region,
        service=service,
        terminator=TERMINATOR,
        signed_headers=tuple(sorted(signed)),
        signature="",
        timestamp=timestamp,
        at=at,
        algorithm=algorithm,
    )
    request = HttpRequest("POST", path, headers=list(signed.items()), body=body)
    signature = sign(string_to_sign(claim, canonical_request(request, claim)).encode()).hex()
    scope = f"Credential={claim.access_key_id}/{claim.credential_scope}"
    names = ";".join(claim.signed_headers)
    return {
        "x-amz-date": timestamp,
        "authorization": f"{algorithm} {scope}, SignedHeaders={names}, Signature={signature}",
    }
