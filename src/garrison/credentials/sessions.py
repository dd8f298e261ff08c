"""A host's sessions of its role: made anew before they expire, and kept while the server is away as long as they are good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from garrison.clock import Clock
from garrison.credentials.endpoint import Endpoint, Refused, Unreachable
from garrison.credentials.enrolment import renew_if_due
from garrison.credentials.identity import HostIdentity
from garrison.logs import get_logger

log = get_logger("garrison.credentials")

REFRESH_BEFORE = timedelta(minutes=20)
"""SDKs ask again 15 minutes before credentials expire (botocore, `_advisory_refresh_timeout`): theirs must find fresh ones by then."""
_ASK_AGAIN_AFTER = timedelta(seconds=5)
"""After a failure: many programs ask at once."""


@dataclass(frozen=True, slots=True)
class RoleCredentials:
    """Temporary credentials of the host's role."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    made_at: datetime
    expires_at: datetime
    role_arn: str

    def __repr__(self) -> str:
        return f"RoleCredentials({self.access_key_id}, {self.role_arn})"

    @property
    def role_name(self) -> str:
        """The role's name without its path."""
        return self.role_arn.rpartition("/")[2]


class RoleSessions:
    """The host's credentials; asked from several threads."""

    def __init__(self, identity: HostIdentity, clock: Clock, *, seconds: int | None = None) -> None:
        self.identity = identity
        self._clock = clock
        self._seconds = seconds
        self._lock = Lock()
        self._current: RoleCredentials | None = None
        self._failed_at: datetime | None = None
        self._failure: Refused | Unreachable | None = None

    def current(self) -> RoleCredentials:
        """Credentials that are good for a while; raises `Refused` or `Unreachable` where there are none."""
        with self._lock:
            now = self._clock.now()
            held = self._current
            if held is not None and not _is_due(held, now):
                return held
            if self._failed_at is None or self._failure is None or now >= self._failed_at + _ASK_AGAIN_AFTER:
                self._ask(now)
            if self._failure is None and self._current is not None:
                return self._current
            # A refusal ends it: what was revoked must not go on being handed out. A server that is away does not.
            if held is not None and now < held.expires_at and isinstance(self._failure, Unreachable):
                return held
            assert self._failure is not None
            raise self._failure

    def _ask(self, now: datetime) -> None:
        try:
            self.identity = renew_if_due(self.identity, now)
        except (Refused, Unreachable) as problem:
            log.warning("certificate_not_renewed", extra={"reason": problem.cause})
        try:
            self._current, self._failure, self._failed_at = self._made(now), None, None
        except (Refused, Unreachable) as problem:
            log.warning("no_new_session", extra={"reason": problem.cause})
            self._failure, self._failed_at = problem, now

    def _made(self, now: datetime) -> RoleCredentials:
        place = self.identity.place
        body: dict[str, object] = {"trustAnchorArn": place.trust_anchor_arn, "profileArn": place.profile_arn}
        if place.role_arn is not None:
            body["roleArn"] = place.role_arn
        if self._seconds is not None:
            body["durationSeconds"] = self._seconds
        answer = Endpoint(place.endpoint, place.ca_bundle).call(
            "/sessions",
            body,
            {"content-type": "application/json"},
            signer=self.identity,
            service="rolesanywhere",
            at=now,
        )
        made = answer["credentialSet"][0]
        credentials = made["credentials"]
        return RoleCredentials(
            access_key_id=credentials["accessKeyId"],
            secret_access_key=credentials["secretAccessKey"],
            session_token=credentials["sessionToken"],
            made_at=now,
            expires_at=datetime.fromisoformat(credentials["expiration"].replace("Z", "+00:00")),
            role_arn=made["roleArn"],
        )


def _is_due(held: RoleCredentials, now: datetime) -> bool:
    """Whether it is time for new ones: with 20 minutes left, or for short sessions half of their life."""
    return held.expires_at - now < min(REFRESH_BEFORE, (held.expires_at - held.made_at) / 2)
