"""Call Garrison's own API from an adapter: JSON by POST over one kept connection, signed; plain HTTP to this machine only."""

from __future__ import annotations

import hmac
import http.client
import json
import os
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from garrison import __version__
from garrison.adapters.credentials import Chain, Credentials
from garrison.adapters.options import Options
from garrison.adapters.sources import Away
from garrison.errors import OperatorError
from garrison.reaching import is_this_machine, json_object, refusal_of
from garrison.wire.signature import ALGORITHM, basic_time
from garrison.wire.signing import authorization
from garrison.wire.sigv4 import signing_key

SECONDS = 3.0
"""For a connection, and for each read."""
LARGEST_ANSWER_BYTES = 32 * 1024 * 1024
_TARGET = "Garrison_20261101"
_SERVICE = "garrison"


class Refused(Away):
    """The server refused a call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}", "On the server `garrison explain EVENT` tells why.")
        self.code = code


class Caller:
    """Calls one server. Used by one thread at a time."""

    def __init__(self, options: Options) -> None:
        named = os.environ.get("AWS_ENDPOINT_URL_GARRISON") or os.environ.get("AWS_ENDPOINT_URL")
        url = options.endpoint_url or named
        if not url:
            raise OperatorError("The adapter has no control plane.", "Give endpoint_url, or set AWS_ENDPOINT_URL.")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
            raise OperatorError(f"{url} is no endpoint.", "Give the URL that `garrison up` tells.")
        if parts.scheme == "http" and not is_this_machine(parts.hostname):
            raise OperatorError("Nothing is sent over plain HTTP to another machine.", "Let the server serve TLS.")
        self.url = url
        self.region = (
            options.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        )
        self._parts = parts
        self._ca_bundle = options.ca_bundle or os.environ.get("AWS_CA_BUNDLE")
        self._chain = Chain(options.profile)
        self._connection: http.client.HTTPConnection | None = None

    def forget(self) -> None:
        """Make a connection of one's own with the next call: this process was forked."""
        self._connection = None

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """Make one call and give its answer; raises `Refused`, or `Away` where there is none."""
        content = json.dumps(members).encode()
        target = f"{_TARGET}.{operation}"
        headers = {
            "host": self._parts.netloc,
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": target,
        }
        headers |= _signature(self._chain.current(), self.region, headers, content)
        headers["user-agent"] = f"garrison/{__version__} waf"
        response, raw = self._exchange(content, headers)
        return _answer(response, raw)

    def _exchange(self, content: bytes, headers: Mapping[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
        for is_last in (self._connection is None, True):
            connection = self._connection or self._connected()
            self._connection = None
            try:
                connection.request("POST", "/", content, dict(headers))
                response = connection.getresponse()
                raw = response.read(LARGEST_ANSWER_BYTES + 1)
            except (OSError, http.client.HTTPException) as problem:
                connection.close()
                if is_last or isinstance(problem, TimeoutError):
                    raise Away(f"{self._parts.netloc} cannot be reached: {problem or type(problem).__name__}") from None
                continue  # the server has ended the kept connection meanwhile
            if response.will_close or len(raw) > LARGEST_ANSWER_BYTES:
                connection.close()
            else:
                self._connection = connection
            return response, raw
        raise AssertionError("unreachable")

    def _connected(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=SECONDS)
        try:
            context = ssl.create_default_context(cafile=self._ca_bundle)
        except OSError as problem:
            raise Away(f"{self._ca_bundle} cannot be read: {problem}") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context)


def _signature(credentials: Credentials, region: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """The headers that sign a POST to `/`."""
    at = datetime.now(UTC)
    token = {"x-amz-security-token": credentials.token} if credentials.token else {}
    key = signing_key(credentials.secret, basic_time(at)[:8], region, _SERVICE)
    return token | authorization(
        "/",
        {**headers, **token},
        body,
        key_id=credentials.access_key_id,
        region=region,
        service=_SERVICE,
        at=at,
        algorithm=ALGORITHM,
        sign=lambda text: hmac.digest(key, text, "sha256"),
    )


def _answer(response: http.client.HTTPResponse, raw: bytes) -> dict[str, Any]:
    answer = json_object(raw or b"{}", LARGEST_ANSWER_BYTES)
    if answer is None or response.status >= 500:
        raise Away(f"The server answered {response.status}, which is no answer to go by.")
    if response.status >= 300:
        code, message = refusal_of(answer, response.getheader("x-amzn-ErrorType"), response.status)
        raise Refused(code, message[:500])
    return answer
