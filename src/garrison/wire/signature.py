"""What a signature claims and what can be wrong with it: the values that every signing form shares."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum, auto
from typing import Any

import msgspec

ALGORITHM = "AWS4-HMAC-SHA256"
CERTIFICATE_ALGORITHMS = frozenset({"AWS4-X509-RSA-SHA256", "AWS4-X509-ECDSA-SHA256"})
"""Signatures by the key of a certificate that comes with the request (`wire.certificates`)."""
TERMINATOR = "aws4_request"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

MAX_SKEW = timedelta(minutes=15)
"""How far a request's time may lie from the server's (IAM User Guide, "Troubleshoot signed requests")."""

S3_SERVICES = frozenset({"s3", "s3-outposts", "s3-object-lambda", "s3express"})
"""Signing names whose requests follow S3's rules: the path as sent, and the payload's hash in a header."""


class Kind(StrEnum):
    """Each fault that verification tells apart; `gateway/authenticate.toml` says how each service words it."""

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[str]) -> str:
        return name

    MISSING_TOKEN = auto()
    TWO_MECHANISMS = auto()
    UNSUPPORTED_ALGORITHM = auto()
    INCOMPLETE = auto()
    DUPLICATE = auto()
    MALFORMED_CREDENTIAL = auto()
    MISSING_DATE = auto()
    BAD_DATE = auto()
    BAD_EXPIRES = auto()
    EXPIRED = auto()
    NOT_YET_VALID = auto()
    HOST_NOT_SIGNED = auto()
    HEADERS_NOT_SIGNED = auto()
    SCOPE_DATE = auto()
    SCOPE_REGION = auto()
    SCOPE_SERVICE = auto()
    SCOPE_TERMINATOR = auto()
    UNKNOWN_KEY = auto()
    INACTIVE_KEY = auto()
    INVALID_TOKEN = auto()
    EXPIRED_TOKEN = auto()
    MISSING_PAYLOAD_HASH = auto()
    BAD_PAYLOAD_HASH = auto()
    MISMATCH = auto()
    BODY_MISMATCH = auto()
    CHUNK_MISMATCH = auto()
    CHUNK_TOO_SMALL = auto()
    INCOMPLETE_BODY = auto()
    MISSING_LENGTH = auto()
    BODY_TOO_LARGE = auto()
    MALFORMED_TRAILER = auto()
    BAD_CHECKSUM = auto()


class SignatureProblem(Exception):
    """A signature that is not accepted. `details` fill the wording; they never hold a secret or a derived key."""

    def __init__(self, kind: Kind, message: str = "", **details: Any) -> None:
        super().__init__(f"{kind}: {message}" if message else str(kind))
        self.kind = kind
        self.message = message
        self.details = details


class SessionExpired(SignatureProblem):
    """Raised by whoever resolves a credential: its session is over."""

    def __init__(self) -> None:
        super().__init__(Kind.EXPIRED_TOKEN)


class InvalidToken(SignatureProblem):
    """Raised by whoever resolves a credential: the session token is not one that was issued with it."""

    def __init__(self) -> None:
        super().__init__(Kind.INVALID_TOKEN)


class PayloadKind(StrEnum):
    """How the body takes part in the signature (`x-amz-content-sha256`)."""

    SIGNED = "SIGNED"
    """The header holds the SHA-256 of the body, or is absent and the body's hash is signed."""
    UNSIGNED = UNSIGNED_PAYLOAD
    STREAMING = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    STREAMING_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
    STREAMING_UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

    @property
    def is_chunked(self) -> bool:
        """Whether the body is `aws-chunked`."""
        return self not in (PayloadKind.SIGNED, PayloadKind.UNSIGNED)


PAYLOAD_KINDS = {kind.value: kind for kind in PayloadKind if kind is not PayloadKind.SIGNED}


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Who a request says it is from and what it says was signed; nothing of it is verified yet."""

    access_key_id: str
    """The key's id; the certificate's serial number where a certificate's key has signed."""
    date: str
    """The credential scope's day, `YYYYMMDD`."""
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str
    """The request's time in ISO 8601 basic form, as it stands in the string to sign."""
    at: datetime
    algorithm: str = ALGORITHM
    is_presigned: bool = False
    expires: int | None = None
    """How many seconds a presigned URL is valid for; None for signed headers."""
    token: str | None = None
    payload: str | None = None
    """`x-amz-content-sha256` as sent, or None."""

    @property
    def credential_scope(self) -> str:
        """`date/region/service/terminator`, as signed."""
        return f"{self.date}/{self.region}/{self.service}/{self.terminator}"

    @property
    def is_by_certificate(self) -> bool:
        """Whether the key of a certificate has signed."""
        return self.algorithm in CERTIFICATE_ALGORITHMS

    @property
    def is_s3(self) -> bool:
        """Whether S3's canonical form applies."""
        return self.service in S3_SERVICES

    @property
    def payload_kind(self) -> PayloadKind:
        """How the body takes part in the signature."""
        return PAYLOAD_KINDS.get(self.payload or "", PayloadKind.SIGNED)

    def __repr__(self) -> str:
        return f"Claim({self.access_key_id}, {self.credential_scope}, {self.timestamp})"


def basic_time(at: datetime) -> str:
    """A time as signatures write it: `20150830T123600Z`."""
    return at.strftime("%Y%m%dT%H%M%SZ")


def read_basic_time(text: str) -> datetime | None:
    """The time that `20150830T123600Z` names, or None where the text is not of that form."""
    if len(text) != 16 or text[8] != "T" or text[15] != "Z" or not text.isascii():
        return None
    if not (text[:8].isdigit() and text[9:15].isdigit()):
        return None
    try:
        return datetime(
            int(text[:4]), int(text[4:6]), int(text[6:8]), int(text[9:11]), int(text[11:13]), int(text[13:15]), 0, UTC
        )
    except ValueError:
        return None


def read_scope(credential: str, is_presigned: bool) -> list[str]:
    """The five parts of a `Credential`: key id, date, region, service and terminator."""
    parts = credential.split("/")
    if len(parts) != 5 or not parts[0]:
        raise SignatureProblem(Kind.MALFORMED_CREDENTIAL, credential=printable(credential), presigned=is_presigned)
    return parts


def read_signed_headers(text: str, is_presigned: bool) -> tuple[str, ...]:
    """The names in `SignedHeaders`. One that could pass for several lines of the canonical form is refused."""
    if "\n" in text or ":" in text:
        message = "SignedHeaders holds a character that no header's name has. "
        raise SignatureProblem(Kind.INCOMPLETE, message, presigned=is_presigned)
    return tuple(text.split(";"))


def printable(text: str, limit: int = 128) -> str:
    """A client's text fit for a message: printable ASCII only, cut to a length."""
    return "".join(char if " " <= char <= "~" else "?" for char in text[:limit])
