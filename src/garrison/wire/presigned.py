"""Signatures in the query string: a presigned URL's claim, read from its `X-Amz-` parameters."""

from __future__ import annotations

from urllib.parse import unquote_plus

from garrison.wire.http import HttpRequest
from garrison.wire.signature import (
    ALGORITHM,
    S3_SERVICES,
    Claim,
    Kind,
    SignatureProblem,
    printable,
    read_basic_time,
    read_scope,
    read_signed_headers,
)

MAX_EXPIRES = 604800
"""A week in seconds, a presigned URL's longest life (S3 API Reference, "Authenticating requests: query parameters")."""

DEFAULT_EXPIRES = 900
"""Services other than S3 do not ask for `X-Amz-Expires`; their signatures live for the permitted clock skew."""

_MARKS = frozenset({"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"})
_REQUIRED = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")


def read_parameters(query: str) -> dict[str, str] | None:
    """The `X-Amz-` parameters of a query that claims a signature, or None where it claims none.

    A parameter given twice is refused, so that no two readers of the query can take different ones.
    """
    if "X-Amz-" not in query and "AWSAccessKeyId" not in query:
        return None
    found: dict[str, str] = {}
    twice: str | None = None
    names: set[str] = set()
    for part in query.split("&"):
        name, _, value = part.partition("=")
        names.add(name)
        if name.startswith("X-Amz-"):
            twice = name if name in found else twice
            found[name] = unquote_plus(value, errors="replace")
    if not _MARKS.isdisjoint(found):
        if twice is not None:
            raise SignatureProblem(Kind.DUPLICATE, name=printable(twice), presigned=True)
        return found
    if "AWSAccessKeyId" in names and "Signature" in names:
        raise SignatureProblem(Kind.UNSUPPORTED_ALGORITHM, algorithm="AWS", presigned=True)
    return None


def read_presigned(request: HttpRequest, parameters: dict[str, str]) -> Claim:
    """The claim of a presigned URL; raises SignatureProblem for missing or malformed pieces."""
    algorithm = parameters.get("X-Amz-Algorithm", ALGORITHM)
    if algorithm != ALGORITHM:
        raise SignatureProblem(Kind.UNSUPPORTED_ALGORITHM, algorithm=printable(algorithm, 40), presigned=True)
    missing = [name for name in _REQUIRED if not parameters.get(name)]
    if missing:
        message = "".join(f"AWS query-string parameters must include '{name}'. " for name in missing)
        raise SignatureProblem(Kind.INCOMPLETE, message + "Re-examine the query-string parameters.", presigned=True)
    at = read_basic_time(parameters["X-Amz-Date"])
    if at is None:
        raise SignatureProblem(Kind.BAD_DATE, date=printable(parameters["X-Amz-Date"]), presigned=True)
    key_id, date, region, service, terminator = read_scope(parameters["X-Amz-Credential"], True)
    payload = request.header("x-amz-content-sha256") or parameters.get("X-Amz-Content-Sha256")
    return Claim(
        access_key_id=key_id,
        date=date,
        region=region,
        service=service,
        terminator=terminator,
        signed_headers=read_signed_headers(parameters["X-Amz-SignedHeaders"], True),
        signature=parameters["X-Amz-Signature"],
        timestamp=parameters["X-Amz-Date"],
        at=at,
        is_presigned=True,
        expires=_read_expires(parameters.get("X-Amz-Expires"), service in S3_SERVICES),
        token=parameters.get("X-Amz-Security-Token") or request.header("x-amz-security-token"),
        payload=payload,
    )


def _read_expires(text: str | None, is_s3: bool) -> int:
    if text is None:
        if is_s3:
            message = (
                "AWS query-string parameters must include 'X-Amz-Expires'. Re-examine the query-string parameters."
            )
            raise SignatureProblem(Kind.INCOMPLETE, message, presigned=True)
        return DEFAULT_EXPIRES
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        fault = "must be non-negative" if text[:1] == "-" and text[1:].isdecimal() else "should be a number"
        raise SignatureProblem(Kind.BAD_EXPIRES, f"X-Amz-Expires {fault}", presigned=True)
    seconds = int(text)
    if seconds > MAX_EXPIRES:
        message = (
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
            f"{MAX_EXPIRES} seconds"
        )
        raise SignatureProblem(Kind.BAD_EXPIRES, message, presigned=True)
    if seconds == 0:
        raise SignatureProblem(Kind.BAD_EXPIRES, "X-Amz-Expires must be at least 1 second", presigned=True)
    return seconds
