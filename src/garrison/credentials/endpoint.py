"""Call the Garrison server from a host: JSON over HTTP, plain or signed with the key of the host's certificate.

Plain HTTP goes to this machine only: tokens and credentials travel in the answers.
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from garrison import __version__
from garrison.errors import OperatorError
from garrison.reaching import is_this_machine, json_object, refusal_of
from garrison.wire.signing import authorization

if TYPE_CHECKING:
    from garrison.credentials.identity import HostIdentity

SECONDS = 10.0
LARGEST_ANSWER_BYTES = 256 * 1024
_ALGORITHM = "AWS4-X509-ECDSA-SHA256"


class Unreachable(OperatorError):
    """The server did not answer, or not as one does."""

    def __init__(self, cause: str, remedy: str = "See that the server runs, and that this host reaches it.") -> None:
        super().__init__(cause, remedy)


class Refused(OperatorError):
    """The server refused a call."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(
            f"{code}: {message}",
            "On the server `garrison explain EVENT` tells why, and `garrison credentials hosts` who.",
        )
        self.code = code
        self.message = message
        self.status = status


class Endpoint:
    """A Garrison server as a host reaches it."""

    def __init__(self, url: str, ca_bundle: str | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
            raise OperatorError(f"{url} is no endpoint.", "Give the URL that `garrison up` tells.")
        if parts.scheme == "http" and not is_this_machine(parts.hostname):
            raise OperatorError(
                "Credentials are not fetched over plain HTTP from another machine.",
                "Serve TLS: garrison up --tls, and give --ca-bundle.",
            )
        self._scheme, self._host, self._port, self._netloc = parts.scheme, parts.hostname, parts.port, parts.netloc
        self._ca_bundle = ca_bundle

    def call(
        self,
        path: str,
        body: Mapping[str, Any],
        headers: Mapping[str, str],
        *,
        signer: HostIdentity | None = None,
        service: str = "",
        at: datetime | None = None,
    ) -> dict[str, Any]:
        """Make one call and give its answer; raises `Refused` or `Unreachable`."""
        content = json.dumps(body).encode()
        sent = {"host": self._netloc, "user-agent": f"garrison/{__version__} credentials", **headers}
        if signer is not None and at is not None:
            sent |= signature_headers(signer, path, sent, content, service, at)
        connection = self._connection()
        try:
            connection.request("POST", path, content, sent)
            response = connection.getresponse()
            raw = response.read(LARGEST_ANSWER_BYTES + 1)
        except ssl.SSLCertVerificationError as problem:
            raise Unreachable(
                f"{self._netloc} is not trusted: {problem.verify_message}.",
                "Give --ca-bundle with the certificate to trust, a copy of the server's (`ca_bundle` in its home's `config`).",
            ) from None
        except http.client.RemoteDisconnected:
            raise Unreachable(
                f"{self._netloc} ended the connection without an answer.",
                "Where it serves TLS, its URL begins with https://." if self._scheme == "http" else "Try again.",
            ) from None
        except (OSError, http.client.HTTPException) as problem:
            raise Unreachable(f"{self._netloc} cannot be reached: {problem}") from None
        finally:
            connection.close()
        return _answer(response, raw)

    def _connection(self) -> http.client.HTTPConnection:
        if self._scheme == "http":
            return http.client.HTTPConnection(self._host, self._port, timeout=SECONDS)
        try:
            context = ssl.create_default_context(cafile=self._ca_bundle)
        except OSError as problem:
            raise Unreachable(f"{self._ca_bundle} cannot be read: {problem}") from None
        return http.client.HTTPSConnection(self._host, self._port, timeout=SECONDS, context=context)


def signature_headers(
    identity: HostIdentity, path: str, headers: Mapping[str, str], body: bytes, service: str, at: datetime
) -> dict[str, str]:
    """The headers that sign a POST with the key of a host's certificate."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding

    own = {"x-amz-x509": base64.b64encode(identity.certificate.public_bytes(Encoding.DER)).decode()}
    return own | authorization(
        path,
        {name: value for name, value in headers.items() if name != "user-agent"} | own,
        body,
        key_id=str(identity.certificate.serial_number),
        region=identity.place.region,
        service=service,
        at=at,
        algorithm=_ALGORITHM,
        sign=lambda text: identity.key.sign(text, ec.ECDSA(hashes.SHA256())),
    )


def _answer(response: http.client.HTTPResponse, raw: bytes) -> dict[str, Any]:
    answer = json_object(raw, LARGEST_ANSWER_BYTES)
    if answer is None or response.status >= 500:
        raise Unreachable(f"the server answered {response.status}, which is no answer to go by")
    if response.status >= 300:
        code, message = refusal_of(answer, response.getheader("x-amzn-ErrorType"), response.status)
        raise Refused(code, message, response.status)
    return answer
