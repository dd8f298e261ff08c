"""Signature Version 4 from the server's side: read what a request claims, and verify it against a secret.

Everything here is pure: the secret, the clock and the request come in as values. The rules are those of the IAM User
Guide, "AWS Signature Version 4 for API requests", and of the S3 API Reference, "Authenticating requests".
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

from garrison.wire.canonical import canonical_headers, canonical_path, canonical_query, octets
from garrison.wire.http import HttpRequest
from garrison.wire.presigned import read_parameters, read_presigned
from garrison.wire.signature import (
    ALGORITHM,
    CERTIFICATE_ALGORITHMS,
    EMPTY_SHA256,
    MAX_SKEW,
    TERMINATOR,
    UNSIGNED_PAYLOAD,
    Claim,
    Kind,
    PayloadKind,
    SignatureProblem,
    basic_time,
    printable,
    read_basic_time,
    read_scope,
    read_signed_headers,
)

_SINGLE = frozenset(
    {
        "authorization",
        "content-length",
        "date",
        "host",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-decoded-content-length",
        "x-amz-security-token",
        "x-amz-target",
    }
)
"""Headers that mean one thing: sent twice, two readers could take different ones."""

_SELF_SIGNED = frozenset({"x-amz-content-sha256", "x-amz-date", "x-amz-security-token"})
"""`x-amz-` headers that need no signature of their own outside S3: the string to sign holds the date and the body's
hash, and the token is compared with the credential's."""

_SELF_SIGNED_S3 = frozenset({"x-amz-content-sha256"})
"""S3's only exception: the canonical request ends with this header's value."""

_EXTENDED_TIME = "%Y-%m-%dT%H:%M:%SZ"

_LONGEST_KNOWN_HEAD = 512
"""Characters of an Authorization header, without its signature, that are worth remembering."""

MAX_DATE_CHARACTERS = 64
"""Longer than any form of an HTTP date (RFC 9110 section 5.6.7)."""


def read_claim(request: HttpRequest) -> Claim | None:
    """What the request claims, None where it is anonymous; raises SignatureProblem where the claim is malformed."""
    if request.claim is None:
        request.claim = _read(request)
    claim: Claim | None = request.claim
    return claim


def _read(request: HttpRequest) -> Claim | None:
    authorization = request.header("authorization")
    parameters = read_parameters(request.query) if request.query else None
    if authorization is None:
        return None if parameters is None else read_presigned(request, parameters)
    if parameters is not None:
        raise SignatureProblem(Kind.TWO_MECHANISMS)
    return _read_header(request, authorization)


def claimed_service(request: HttpRequest) -> str | None:
    """The signing name in the credential scope, for routing; None where there is none to be read. Never raises."""
    try:
        claim = read_claim(request)
    except SignatureProblem:
        return None
    return claim.service if claim is not None else None


def _read_header(request: HttpRequest, authorization: str) -> Claim:
    timestamp = request.header("x-amz-date") or request.header("date")
    head, _, signature = authorization.rpartition(", Signature=")
    scope = _known_scope(head) if timestamp and signature.isalnum() and len(head) <= _LONGEST_KNOWN_HEAD else None
    if scope is None or not timestamp:
        algorithm, pieces = _read_pieces(authorization)
        credential = pieces.get("Credential")
        signature = pieces.get("Signature", "")
        signed = pieces.get("SignedHeaders")
        if not credential or not signature or signed is None or not timestamp:
            raise _incomplete(authorization, pieces, timestamp)
        at, timestamp = _read_time(timestamp)
        parts, signed_headers = read_scope(credential, False), read_signed_headers(signed, False)
    else:
        at, timestamp = _read_time(timestamp)
        algorithm, parts, signed_headers = scope
    key_id, date, region, service, terminator = parts
    return Claim(
        access_key_id=key_id,
        date=date,
        region=region,
        service=service,
        terminator=terminator,
        signed_headers=signed_headers,
        signature=signature,
        timestamp=timestamp,
        at=at,
        algorithm=algorithm,
        token=request.header("x-amz-security-token"),
        payload=request.header("x-amz-content-sha256"),
    )


def _read_pieces(authorization: str) -> tuple[str, dict[str, str]]:
    """The algorithm, and what follows it by name."""
    algorithm, _, rest = authorization.strip().partition(" ")
    if algorithm != ALGORITHM and algorithm not in CERTIFICATE_ALGORITHMS:
        refuse_algorithm(algorithm)
    pieces: dict[str, str] = {}
    for piece in rest.split(","):
        name, _, value = piece.strip().partition("=")
        if name in pieces:
            raise SignatureProblem(Kind.DUPLICATE, name=printable(name, 40))
        pieces[name] = value
    return algorithm, pieces


@lru_cache(maxsize=2048)
def _known_scope(head: str) -> tuple[str, list[str], tuple[str, ...]] | None:
    """What stands before a signature, which a client repeats all day; None where anything is not as usual."""
    try:
        algorithm, pieces = _read_pieces(head)
        if pieces.keys() != {"Credential", "SignedHeaders"}:
            return None
        return algorithm, read_scope(pieces["Credential"], False), read_signed_headers(pieces["SignedHeaders"], False)
    except SignatureProblem:
        return None


def refuse_algorithm(algorithm: str) -> None:
    """Refuse any scheme but ours, naming it only where it looks like a scheme and not like someone's bearer token."""
    if not algorithm:
        raise SignatureProblem(Kind.MISSING_TOKEN)
    named = algorithm if len(algorithm) <= 32 and algorithm.replace("-", "").isalnum() and algorithm.isascii() else "?"
    raise SignatureProblem(Kind.UNSUPPORTED_ALGORITHM, algorithm=named)


def _incomplete(authorization: str, pieces: dict[str, str], timestamp: str | None) -> SignatureProblem:
    message = "".join(
        f"Authorization header requires '{name}' parameter. "
        for name in ("Credential", "Signature", "SignedHeaders")
        if not pieces.get(name)
    )
    if not timestamp:
        message += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
        if len(message.split(". ")) == 2:
            return SignatureProblem(Kind.MISSING_DATE, message)
    digest = b64encode(hashlib.sha256(octets(authorization)).digest()).decode()
    return SignatureProblem(
        Kind.INCOMPLETE, f"{message}(Hashed with SHA-256 and encoded with Base64) Authorization={digest}"
    )


def _read_time(text: str) -> tuple[datetime, str]:
    """A request's time and its basic form; the Date header may also use HTTP's own form."""
    text = text.strip()
    at = read_basic_time(text)
    if at is not None:
        return at, text
    try:
        at = parsedate_to_datetime(text[:MAX_DATE_CHARACTERS])
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise SignatureProblem(Kind.BAD_DATE, date=printable(text, 40)) from None
    return at, basic_time(at)


def payload_hash(request: HttpRequest, claim: Claim, unsigned_body: bool = False) -> str:
    """The last line of the canonical request. Only S3, and operations declared so, may leave the body unsigned."""
    if claim.is_s3:
        if claim.payload is not None:
            return claim.payload
        if claim.is_presigned:
            return UNSIGNED_PAYLOAD
    elif unsigned_body:
        return claim.payload or UNSIGNED_PAYLOAD
    return hashlib.sha256(request.body).hexdigest() if request.body else EMPTY_SHA256


def canonical_request(request: HttpRequest, claim: Claim, unsigned_body: bool = False) -> str:
    """The canonical request, its bytes as Latin-1 characters."""
    signed = claim.signed_headers
    without = "X-Amz-Signature" if claim.is_presigned else None
    return (
        f"{request.method}\n{canonical_path(request.path, claim.is_s3)}\n{canonical_query(request.query, without)}\n"
        f"{canonical_headers(request, signed)}\n{';'.join(signed)}\n{payload_hash(request, claim, unsigned_body)}"
    )


def string_to_sign(claim: Claim, canonical: str) -> str:
    """The string to sign of a canonical request."""
    digest = hashlib.sha256(octets(canonical)).hexdigest()
    return f"{claim.algorithm}\n{claim.timestamp}\n{claim.credential_scope}\n{digest}"


def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """The key derived from a secret for one day, region and service."""
    key = hmac.digest(f"AWS4{secret}".encode(), octets(date), "sha256")
    key = hmac.digest(key, octets(region), "sha256")
    key = hmac.digest(key, octets(service), "sha256")
    return hmac.digest(key, TERMINATOR.encode(), "sha256")


def check_claim(request: HttpRequest, claim: Claim, now: datetime) -> None:
    """Everything that can be judged without the secret: freshness, which headers are signed, and the scope's form."""
    _check_single_headers(request)
    _check_time(claim, now)
    _check_signed_headers(request, claim)
    details: dict[str, Any] = {"presigned": claim.is_presigned}
    if claim.terminator != TERMINATOR:
        raise SignatureProblem(Kind.SCOPE_TERMINATOR, terminator=printable(claim.terminator, 40), **details)
    if claim.date != claim.timestamp[:8]:
        raise SignatureProblem(
            Kind.SCOPE_DATE, date=printable(claim.date, 40), day=claim.timestamp[:8], time=claim.timestamp, **details
        )
    if claim.is_s3:
        _check_payload_header(claim)


def _check_single_headers(request: HttpRequest) -> None:
    if request.single_headers() is not None:
        return
    names = [name for name, _ in request.headers if name in _SINGLE]
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise SignatureProblem(Kind.DUPLICATE, name=twice)


def _check_time(claim: Claim, now: datetime) -> None:
    life = MAX_SKEW if claim.expires is None else timedelta(seconds=claim.expires)
    if now - life <= claim.at <= now + MAX_SKEW:
        return
    details: dict[str, Any] = {
        "at": claim.timestamp,
        "now": basic_time(now),
        "server_time": now.strftime(_EXTENDED_TIME),
        "presigned": claim.is_presigned,
    }
    if claim.at > now:
        raise SignatureProblem(Kind.NOT_YET_VALID, limit=basic_time(now + MAX_SKEW), span="15 min.", **details)
    seconds = int(life.total_seconds())
    details["expires"] = seconds
    details["expired_at"] = (claim.at + life).strftime(_EXTENDED_TIME)
    details["span"] = f"{seconds} sec." if seconds % 60 else f"{seconds // 60} min."
    raise SignatureProblem(Kind.EXPIRED, limit=basic_time(now - life), **details)


def _check_signed_headers(request: HttpRequest, claim: Claim) -> None:
    signed = claim.signed_headers
    if "host" not in signed:
        raise SignatureProblem(Kind.HOST_NOT_SIGNED, names="host", presigned=claim.is_presigned)
    exempt = _SELF_SIGNED_S3 if claim.is_s3 else _SELF_SIGNED
    unsigned = [
        name
        for name, _ in request.headers
        if name not in signed and name not in exempt and (name.startswith("x-amz-") or name == "content-md5")
    ]
    if unsigned:
        names = ", ".join(sorted({printable(name, 64) for name in unsigned}))
        raise SignatureProblem(Kind.HEADERS_NOT_SIGNED, names=names, presigned=claim.is_presigned)


def _check_payload_header(claim: Claim) -> None:
    payload = claim.payload
    if payload is None:
        if not claim.is_presigned:
            raise SignatureProblem(Kind.MISSING_PAYLOAD_HASH)
    elif claim.payload_kind is PayloadKind.SIGNED and not _is_sha256(payload):
        raise SignatureProblem(Kind.BAD_PAYLOAD_HASH, value=printable(payload, 80))


def _is_sha256(text: str) -> bool:
    return len(text) == 64 and not text.strip("0123456789abcdefABCDEF")


def check_signature(
    request: HttpRequest, claim: Claim, key: bytes, *, unsigned_body: bool = False, is_head: bool = False
) -> None:
    """Compare the signature with the one that `key` makes, in constant time, and the body with its signed hash.

    Of a request to S3 the head can be judged alone (`is_head`): it says what the body's hash will be.
    """
    canonical = canonical_request(request, claim, unsigned_body)
    to_sign = string_to_sign(claim, canonical)
    expected = hmac.digest(key, octets(to_sign), "sha256").hex()
    if not hmac.compare_digest(expected.encode(), octets(claim.signature)):
        raise SignatureProblem(
            Kind.MISMATCH,
            access_key_id=printable(claim.access_key_id),
            signature=printable(claim.signature),
            canonical_request=_shown(canonical, claim),
            string_to_sign=_shown(to_sign, claim),
            presigned=claim.is_presigned,
        )
    if claim.is_s3 and not is_head and claim.payload is not None and claim.payload_kind is PayloadKind.SIGNED:
        actual = hashlib.sha256(request.body).hexdigest() if request.upload is None else request.upload.sha256
        if not hmac.compare_digest(actual, claim.payload.lower()):
            raise SignatureProblem(Kind.BODY_MISMATCH, claimed=printable(claim.payload), computed=actual)


def _shown(text: str, claim: Claim) -> str:
    """A canonical text for the caller's eyes: readable, without its session token, and XML-safe."""
    if claim.token:
        text = text.replace(claim.token, "(session token)").replace(
            canonical_query(f"={claim.token}")[1:], "(session token)"
        )
    shown = octets(text).decode("utf-8", "replace")
    return "".join(char if char >= " " or char == "\n" else "\ufffd" for char in shown)


def verify(request: HttpRequest, claim: Claim, secret: str, now: datetime, *, unsigned_body: bool = False) -> None:
    """Accept the request's signature or raise SignatureProblem; a body's chunks are verified by `chunked.decode`."""
    check_claim(request, claim, now)
    key = signing_key(secret, claim.date, claim.region, claim.service)
    check_signature(request, claim, key, unsigned_body=unsigned_body)
