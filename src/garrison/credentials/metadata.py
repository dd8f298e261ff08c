"""The instance metadata service, version 2 only: a session token by PUT first, then the role's credentials by GET.

EC2 User Guide, "How Instance Metadata Service Version 2 works": tokens live 1 second to 6 hours and are good on this host only,
requests through a proxy (`X-Forwarded-For`) get none, and the token's answer travels no further than the hop limit.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from garrison.clock import Clock
from garrison.credentials.documents import instance_document, refusal_document
from garrison.credentials.endpoint import Refused, Unreachable
from garrison.credentials.sessions import RoleSessions

TOKEN_PATH = "/latest/api/token"  # noqa: S105 - a path
TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds"
TOKEN_HEADER = "x-aws-ec2-metadata-token"  # noqa: S105 - a header's name
LONGEST_TOKEN_SECONDS = 21_600
_NONCE_BYTES = 16
_PACKED = struct.Struct(f">d{_NONCE_BYTES}s")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to the host's own software."""

    status: int
    body: str = ""
    content_type: str = "text/plain"
    headers: tuple[tuple[str, str], ...] = ()
    is_limited: bool = False
    """Whether it may go no further than the hop limit."""


class Tokens:
    """Session tokens that this process has given out: each is its own end, sealed by a key that nobody else has."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)

    def new(self, seconds: int) -> str:
        """A token for so many seconds."""
        packed = _PACKED.pack(self._clock.now().timestamp() + seconds, secrets.token_bytes(_NONCE_BYTES))
        return base64.urlsafe_b64encode(packed + self._seal(packed)).decode()

    def is_good(self, token: str) -> bool:
        """Whether a token is one of these and has not expired."""
        try:
            raw = base64.urlsafe_b64decode(token.encode())
        except (binascii.Error, ValueError):
            return False
        packed, seal = raw[: _PACKED.size], raw[_PACKED.size :]
        if len(packed) != _PACKED.size or not hmac.compare_digest(seal, self._seal(packed)):
            return False
        ends, _ = _PACKED.unpack(packed)
        return bool(self._clock.now().timestamp() < ends)

    def _seal(self, packed: bytes) -> bytes:
        return hmac.digest(self._key, packed, "sha256")


class MetadataService:
    """Answers what SDKs ask of `169.254.169.254`."""

    def __init__(self, sessions: RoleSessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._tokens = Tokens(clock)

    def answer(self, method: str, path: str, header: Callable[[str], str | None]) -> Reply:
        """The reply to a request."""
        if path == TOKEN_PATH:
            return self._token(method, header)
        if method != "GET":
            return Reply(405, headers=(("allow", "GET"),))
        token = header(TOKEN_HEADER)
        if token is None or not self._tokens.is_good(token):
            return Reply(401, "Unauthorized")
        return self._document(path)

    def _token(self, method: str, header: Callable[[str], str | None]) -> Reply:
        if method != "PUT":
            return Reply(405, headers=(("allow", "PUT"),))
        if header("x-forwarded-for") is not None:
            return Reply(403, "Forbidden")
        asked = header(TTL_HEADER) or ""
        seconds = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
        if not 1 <= seconds <= LONGEST_TOKEN_SECONDS:
            return Reply(400, "Bad Request")
        return Reply(200, self._tokens.new(seconds), headers=((TTL_HEADER, str(seconds)),), is_limited=True)

    def _document(self, path: str) -> Reply:
        place = self._sessions.identity.place
        parts = [part for part in path.split("/") if part]
        if parts == ["latest", "meta-data"]:
            return Reply(200, "iam/\nplacement/")
        if parts == ["latest", "meta-data", "placement"]:
            return Reply(200, "region")
        if parts == ["latest", "meta-data", "placement", "region"]:
            return Reply(200, place.region)
        if parts == ["latest", "meta-data", "iam"]:
            return Reply(200, "info\nsecurity-credentials/")
        if parts[:3] == ["latest", "meta-data", "iam"] and len(parts) <= 5:
            return self._of_role(parts[3:], place.profile_arn)
        return Reply(404, "Not Found")

    def _of_role(self, parts: list[str], profile_arn: str) -> Reply:
        now = self._clock.now()
        try:
            credentials = self._sessions.current()
        except Refused as problem:
            return Reply(200, refusal_document("AssumeRoleUnauthorizedAccess", problem.message, now))
        except Unreachable as problem:
            return Reply(503, refusal_document("Unavailable", problem.cause, now))
        if parts == ["security-credentials"]:
            return Reply(200, credentials.role_name)
        if parts == ["security-credentials", credentials.role_name]:
            return Reply(200, instance_document(credentials))
        if parts == ["info"]:
            return Reply(200, _info(profile_arn, credentials.made_at))
        return Reply(404, "Not Found")


def _info(profile_arn: str, at: datetime) -> str:
    return f'{{\n  "Code": "Success",\n  "LastUpdated": "{at:%Y-%m-%dT%H:%M:%SZ}",\n  "InstanceProfileArn": "{profile_arn}"\n}}'
