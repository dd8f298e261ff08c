"""Who makes a request: the claim in its signature, resolved to a credential and verified against its secret."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any

from garrison.clock import Clock
from garrison.errors import ApiError
from garrison.gateway.signature_errors import STYLES, error_for
from garrison.services.identity import Credential, Secret
from garrison.wire import certificates, chunked, sigv4
from garrison.wire.canonical import normal_path
from garrison.wire.certificates import Presented
from garrison.wire.http import HttpRequest
from garrison.wire.signature import (
    PAYLOAD_KINDS,
    Claim,
    InvalidToken,
    Kind,
    PayloadKind,
    SessionExpired,
    SignatureProblem,
    printable,
)

__all__ = [
    "STYLES",
    "Authenticator",
    "InvalidToken",
    "Kind",
    "SessionExpired",
    "SignatureProblem",
    "SigningKeys",
    "error_for",
    "is_region",
]

Resolve = Callable[[str, str | None], Credential | None]
"""(access key id, session token) → the credential of that id, or None. May raise SessionExpired or InvalidToken."""

MAX_CACHED_KEYS = 4096
"""Derived signing keys kept: 32 bytes each, one for a credential, day, region and service."""

MAX_DECODED_BYTES = 5 * 1024**3
"""The largest object of a single PutObject (Amazon S3 User Guide, "Uploading objects")."""


class SigningKeys:
    """Derived signing keys of credentials that have signed correctly before: bounded, and never shown.

    An entry is found by key id, day, region, service and a fingerprint of the secret, so that a key id given a new
    secret does not meet the old one's keys. Only verified requests add entries, so that nobody else can push them out.
    """

    __slots__ = ("_fingerprint_key", "_keys", "_limit", "_lock")

    def __init__(self, limit: int = MAX_CACHED_KEYS) -> None:
        self._keys: dict[tuple[str, str, str, str, bytes], bytes] = {}
        self._limit = limit
        self._lock = Lock()
        self._fingerprint_key = secrets.token_bytes(32)

    def _entry(self, claim: Claim, secret: Secret) -> tuple[str, str, str, str, bytes]:
        fingerprint = hashlib.blake2b(secret.reveal().encode(), key=self._fingerprint_key, digest_size=16).digest()
        return claim.access_key_id, claim.date, claim.region, claim.service, fingerprint

    def find(self, claim: Claim, secret: Secret) -> tuple[bytes, bool]:
        """The signing key, and whether it was remembered; else it is derived."""
        key = self._keys.get(self._entry(claim, secret))
        if key is not None:
            return key, True
        return sigv4.signing_key(secret.reveal(), claim.date, claim.region, claim.service), False

    def remember(self, claim: Claim, secret: Secret, key: bytes) -> None:
        """Keep the key of a verified request."""
        entry = self._entry(claim, secret)
        if entry in self._keys:
            return
        with self._lock:
            while len(self._keys) >= self._limit:
                del self._keys[next(iter(self._keys))]
            self._keys[entry] = key

    def __len__(self) -> int:
        return len(self._keys)

    def __repr__(self) -> str:
        return f"SigningKeys({len(self._keys)} of {self._limit})"

    def __reduce__(self) -> str:
        raise TypeError("signing keys are not pickled")


@lru_cache(maxsize=256)
def is_region(text: str) -> bool:
    """Whether a text has the form of a region's name (`eu-west-1`, `us-gov-east-1`)."""
    parts = text.split("-")
    return (
        3 <= len(parts) <= 5
        and len(text) <= 32
        and text.isascii()
        and all(part.isalpha() and part.islower() for part in parts[:-1])
        and parts[-1].isdigit()
    )


class Authenticator:
    """Verifies each request's signature; told how to resolve a credential, the time, and which regions there are."""

    def __init__(
        self,
        resolve: Resolve,
        clock: Clock,
        *,
        has_region: Callable[[str], bool] = is_region,
        max_body_bytes: int = MAX_DECODED_BYTES,
    ) -> None:
        self._resolve = resolve
        self._clock = clock
        self._has_region = has_region
        self._max_body_bytes = max_body_bytes
        self._keys = SigningKeys()
        self._decoy = Secret(secrets.token_urlsafe(30))

    def authenticate(
        self,
        request: HttpRequest,
        style: str,
        service_signing_name: str | None,
        *,
        unsigned_body: bool = False,
        is_head: bool = False,
    ) -> Credential | None:
        """The verified caller's credential, or None for an anonymous request; raises ApiError in the service's words.

        `style` is one of STYLES. `service_signing_name` is the routed service's (None accepts any), `unsigned_body` whether
        the operation is modelled with an unsigned payload. An `aws-chunked` body is verified and replaced by the bytes
        inside it. `is_head`: whether the body, an upload to S3, has yet to come.
        """
        try:
            claim = sigv4.read_claim(request)
            if claim is None:
                if not is_head:
                    self._unwrap(request, None, None)
                return None
            if claim.is_by_certificate:
                # A certificate's key opens nothing but the operations that say so.
                sigv4.refuse_algorithm(claim.algorithm)
            credential, key = self._verified(request, claim, service_signing_name, unsigned_body, is_head)
            if not is_head:
                self._unwrap(request, claim, key)
            return credential
        except SignatureProblem as problem:
            raise error_for(problem, style) from None

    def certificate(self, request: HttpRequest, style: str, service_signing_name: str) -> Presented:
        """The certificate whose key has signed the request: that it is held is proved, whom it is from is not judged yet."""
        try:
            claim = sigv4.read_claim(request)
            if claim is None:
                raise SignatureProblem(Kind.MISSING_TOKEN)
            if not claim.is_by_certificate:
                sigv4.refuse_algorithm(claim.algorithm)
            sigv4.check_claim(request, claim, self._clock.now())
            self._check_scope(claim, service_signing_name)
            presented = certificates.verify(request, claim)
            if normal_path(request.path) != request.path:
                raise SignatureProblem(Kind.MISMATCH, access_key_id=printable(claim.access_key_id))
            return presented
        except SignatureProblem as problem:
            raise error_for(problem, style) from None

    def missing(self, style: str) -> ApiError:
        """The error for an anonymous request to an operation that asks who calls."""
        return error_for(SignatureProblem(Kind.MISSING_TOKEN), style)

    def _verified(
        self, request: HttpRequest, claim: Claim, service_signing_name: str | None, unsigned_body: bool, is_head: bool
    ) -> tuple[Credential, bytes]:
        sigv4.check_claim(request, claim, request.admitted_at or self._clock.now())
        self._check_scope(claim, service_signing_name)
        problem: SignatureProblem | None = None
        credential: Credential | None = None
        try:
            credential = self._resolve(claim.access_key_id, claim.token)
            problem = _unusable(claim, credential)
        except SignatureProblem as refused:
            problem = refused
        secret = self._decoy if problem is not None or credential is None else credential.secret
        key, is_remembered = self._keys.find(claim, secret)
        try:
            sigv4.check_signature(request, claim, key, unsigned_body=unsigned_body, is_head=is_head)
        except SignatureProblem:
            if problem is None:
                raise
        if problem is not None or credential is None:
            raise problem or _about_key(Kind.UNKNOWN_KEY, claim)
        if not claim.is_s3 and normal_path(request.path) != request.path:
            # The signature covers the normal path only: another spelling of it may have been routed elsewhere.
            raise SignatureProblem(Kind.MISMATCH, access_key_id=printable(claim.access_key_id))
        if not is_remembered:
            self._keys.remember(claim, secret, key)
        return credential, key

    def _check_scope(self, claim: Claim, service_signing_name: str | None) -> None:
        details: dict[str, Any] = {"presigned": claim.is_presigned}
        if not self._has_region(claim.region):
            raise SignatureProblem(Kind.SCOPE_REGION, region=printable(claim.region, 40), **details)
        if service_signing_name is not None and claim.service != service_signing_name:
            raise SignatureProblem(
                Kind.SCOPE_SERVICE, service=printable(claim.service, 40), expected=service_signing_name, **details
            )

    def _unwrap(self, request: HttpRequest, claim: Claim | None, key: bytes | None) -> None:
        """Replace an `aws-chunked` body by what it holds, so that nothing behind here knows of the encoding."""
        payload = claim.payload if claim is not None else request.header("x-amz-content-sha256")
        kind = PAYLOAD_KINDS.get(payload or "")
        if kind is None or not kind.is_chunked or not (claim is None or claim.is_s3):
            return
        if claim is None and kind is not PayloadKind.STREAMING_UNSIGNED_TRAILER:
            raise SignatureProblem(Kind.MISSING_TOKEN)
        decoded = chunked.decode(request, kind, claim, key, self._max_body_bytes)
        if request.upload is None:
            request.body = decoded.of(request.body)
        else:
            request.upload = chunked.Excerpt(request.upload, decoded.extents)
        request.headers = [
            (name, value if name != "content-encoding" else without_chunked(value)) for name, value in request.headers
        ]
        request.headers = [(name, value) for name, value in request.headers if name != "content-encoding" or value]
        request.headers += [item for item in decoded.trailers.items() if request.header(item[0]) is None]
        request._first = None


def without_chunked(encoding: str) -> str:
    """A Content-Encoding without `aws-chunked`."""
    return ",".join(item.strip() for item in encoding.split(",") if item.strip().lower() not in ("aws-chunked", ""))


def _about_key(kind: Kind, claim: Claim) -> SignatureProblem:
    return SignatureProblem(kind, access_key_id=printable(claim.access_key_id), presigned=claim.is_presigned)


def _unusable(claim: Claim, credential: Credential | None) -> SignatureProblem | None:
    """Why a credential cannot be used with this claim, or None. The token is compared in constant time."""
    if credential is None:
        return _about_key(Kind.UNKNOWN_KEY, claim)
    if not credential.is_active:
        return _about_key(Kind.INACTIVE_KEY, claim)
    if credential.token is None:
        return None if claim.token is None else _about_key(Kind.INVALID_TOKEN, claim)
    if claim.token is None:
        return _about_key(Kind.UNKNOWN_KEY, claim)
    same = hmac.compare_digest(credential.token.encode(), claim.token.encode("utf-8", "replace"))
    return None if same else _about_key(Kind.INVALID_TOKEN, claim)
