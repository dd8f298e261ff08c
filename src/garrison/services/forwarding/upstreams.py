"""Talk to an upstream: a call is written anew from its parsed form, signed by the upstream's own credentials, sent once."""

from __future__ import annotations

import configparser
import re
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from garrison.errors import ApiError, OperatorError
from garrison.outgoing import Outgoing, OutgoingFailure, place_of
from garrison.outgoing.mail import read_private

if TYPE_CHECKING:
    from botocore.credentials import Credentials

    from garrison.services.call import Call
    from garrison.setting_tables import Upstream

SECONDS = 60.0
"""For one call."""
MOST_BYTES = 64 * 1024 * 1024
"""Of an answer."""
_RENEWED_BEFORE = timedelta(minutes=5)
_UNFIT = re.compile(r"[^\w+=,.@-]", re.ASCII)
_UNAVAILABLE = 424
"""A status that SDKs do not try again by themselves: nobody knows what became of the first attempt."""


class _Session(NamedTuple):
    credentials: Credentials
    expires_at: datetime


class UpstreamClient:
    """Sends the calls of one service to its upstream."""

    def __init__(self, service: str, upstream: Upstream) -> None:
        self._service = service
        self._upstream = upstream
        self._sts_endpoint = upstream.sts_endpoint or upstream.endpoint
        self._outgoing = Outgoing(
            {_entry(upstream.endpoint), _entry(self._sts_endpoint)}, setting="upstreams of the settings"
        )
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}

    @property
    def place(self) -> str:
        """The upstream's host and port."""
        return urlsplit(self._upstream.endpoint).netloc

    def send(self, call: Call, operation: str, request: Any) -> tuple[dict[str, Any], str]:
        """Make a call; gives the answer and the upstream's request id, raises `ApiError` with the upstream's refusal."""
        credentials = self._credentials_for(call)
        return self._exchange(self._service, self._upstream.endpoint, operation, request, credentials, call.region)

    def _credentials_for(self, call: Call) -> Credentials:
        own = self._own_credentials()
        if not self._upstream.role_arn:
            return own
        caller = source_identity(call)
        with self._lock:
            known = self._sessions.get(caller)
        if known is None or known.expires_at - _RENEWED_BEFORE < call.at:
            known = self._assume_role(caller, own, call)
            with self._lock:
                if len(self._sessions) >= 10_000:
                    self._sessions.clear()
                self._sessions[caller] = known
        return known.credentials

    def _assume_role(self, caller: str, own: Credentials, call: Call) -> _Session:
        from botocore.credentials import Credentials

        asked = {"RoleArn": self._upstream.role_arn, "RoleSessionName": caller, "SourceIdentity": caller}
        try:
            answer, _ = self._exchange("sts", self._sts_endpoint, "AssumeRole", asked, own, call.region)
        except ApiError as error:
            raise _unavailable(
                f"The upstream gave no session of its role ({error.code}); nothing was forwarded."
            ) from None
        made = answer["Credentials"]
        credentials = Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
        return _Session(credentials, made["Expiration"])

    def _own_credentials(self) -> Credentials:
        from botocore.credentials import Credentials

        try:
            parser = configparser.ConfigParser(interpolation=None)
            parser.read_string(read_private(Path(self._upstream.credentials_file), "credentials_file"))
            found = parser["default"]
            return Credentials(
                found["aws_access_key_id"], found["aws_secret_access_key"], found.get("aws_session_token")
            )
        except (OperatorError, configparser.Error, KeyError):
            raise _unavailable("The upstream's credentials cannot be read; nothing was forwarded.") from None

    def _exchange(
        self, service: str, endpoint: str, operation: str, request: Any, credentials: Credentials, called_region: str
    ) -> tuple[dict[str, Any], str]:
        from garrison.services.forwarding.codec import read_answer, signed_request

        region = self._upstream.region or called_region
        prepared = signed_request(service, operation, request, endpoint, region, credentials)
        try:
            answer = self._outgoing.send(
                prepared.url,
                method=prepared.method,
                headers=prepared.headers,
                body=prepared.body,
                seconds=SECONDS,
                most_bytes=MOST_BYTES,
            )
        except OutgoingFailure as failure:
            raise _unavailable(
                f"The upstream gave no answer: {failure.message}. Whether it was carried out is not known."
            ) from None
        if len(answer.body) > MOST_BYTES or 300 <= answer.status < 400:
            raise _unavailable("The upstream's answer is none that can be passed on. It may have been carried out.")
        return read_answer(service, operation, answer)


def source_identity(call: Call) -> str:
    """The caller as an upstream's session names it: its own source identity, else its name."""
    principal = call.principal
    session = principal.session
    own = session.source_identity if session is not None else None
    name = own or principal.user_name or (session.name if session is not None else "") or principal.principal_id
    return _UNFIT.sub("-", name)[:64].ljust(2, "-")


def _entry(url: str) -> str:
    place = place_of(url)
    if place is None:
        raise OperatorError(f"The upstream {url} is not a URL that Garrison calls.", "Write it as https://host[:port].")
    return f"{place.name}:{place.port}"


def _unavailable(message: str) -> ApiError:
    return ApiError("UpstreamUnavailable", message, status=_UNAVAILABLE)
