"""The server as a host reaches it: JSON by POST, over TLS that leads to one authority; no redirect is followed, no proxy asked."""

from __future__ import annotations

import hashlib
import http.client
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from garrison import __version__
from garrison.agent.failures import AgentError, Refused, Unreachable
from garrison.reaching import is_this_machine, json_object, refusal_of

SECONDS = 30.0
LARGEST_ANSWER_BYTES = 256 * 1024
TARGET = "Garrison_20261101"


class Server:
    """One server. `ca_bundle` is the file of the authority that its certificate must lead to; the system's where None."""

    def __init__(self, url: str, ca_bundle: str | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
            raise AgentError(f"{url} is no endpoint: give the URL that `garrison up` tells.")
        if parts.scheme == "http" and not is_this_machine(parts.hostname):
            raise AgentError("Nothing is sent over plain HTTP to another machine: let the server serve TLS.")
        self.url, self.ca_bundle = url, ca_bundle
        self._scheme, self._host, self._port, self._netloc = parts.scheme, parts.hostname, parts.port, parts.netloc

    @property
    def headers(self) -> dict[str, str]:
        """Headers of every request that are signed."""
        return {"host": self._netloc}

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """Make one call and give its answer; raises `Refused` or `Unreachable`."""
        sent = {**headers, "user-agent": f"garrison/{__version__} agent"}
        try:
            connection = self._connection()
            try:
                connection.request("POST", path, body, sent)
                response = connection.getresponse()
                raw = response.read(LARGEST_ANSWER_BYTES + 1)
            finally:
                connection.close()
        except ssl.SSLCertVerificationError as problem:
            raise Unreachable(f"{self._netloc} is not trusted: {problem.verify_message}.") from None
        except (OSError, http.client.HTTPException) as problem:
            raise Unreachable(f"{self._netloc} cannot be reached: {problem}") from None
        return _answer(response, raw)

    def certificate_with(self, fingerprint: str) -> str:
        """The certificate, PEM, with this SHA-256 among those that the server shows; nothing else is said to it before."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        wanted = read_fingerprint(fingerprint)
        try:
            connection = http.client.HTTPSConnection(self._host, self._port, timeout=SECONDS, context=context)
            try:
                connection.connect()
                shown = _shown(connection.sock)
            finally:
                connection.close()
        except OSError as problem:
            raise Unreachable(f"{self._netloc} cannot be reached: {problem}") from None
        for certificate in shown:
            if hashlib.sha256(certificate).hexdigest() == wanted:
                return ssl.DER_cert_to_PEM_cert(certificate)
        raise AgentError(
            f"{self._netloc} shows no certificate with the fingerprint {fingerprint}: it is another server."
        )

    def _connection(self) -> http.client.HTTPConnection:
        if self._scheme == "http":
            return http.client.HTTPConnection(self._host, self._port, timeout=SECONDS)
        context = ssl.create_default_context(cafile=self.ca_bundle)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return http.client.HTTPSConnection(self._host, self._port, timeout=SECONDS, context=context)


def read_fingerprint(text: str) -> str:
    """The SHA-256 of a certificate as it is written: hexadecimal digits, with colons or without; raises `AgentError`."""
    plain = text.strip().lower().removeprefix("sha256:").replace(":", "")
    if len(plain) != 64 or any(letter not in "0123456789abcdef" for letter in plain):
        raise AgentError(f"{text} is no SHA-256 fingerprint.")
    return plain


def _shown(connection: Any) -> list[bytes]:
    """The certificates that the server shows, its own first."""
    found = [connection.getpeercert(True)]
    chain = getattr(connection, "get_unverified_chain", None) or getattr(
        getattr(connection, "_sslobj", None), "get_unverified_chain", None
    )
    for one in chain() or () if chain is not None else ():
        found.append(one if isinstance(one, bytes) else one.public_bytes(2))
    return found


def _answer(response: http.client.HTTPResponse, raw: bytes) -> dict[str, Any]:
    answer = json_object(raw or b"{}", LARGEST_ANSWER_BYTES)
    if answer is None or response.status >= 500 or 300 <= response.status < 400:
        raise Unreachable(f"the server answered {response.status}, which is no answer to go by")
    if response.status >= 300:
        code, message = refusal_of(answer, response.getheader("x-amzn-ErrorType"), response.status)
        raise Refused(code, message[:500])
    return answer
