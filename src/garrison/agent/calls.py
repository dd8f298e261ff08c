"""The calls that an agent makes: enroll, renew, open a session, ask for jobs, report."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from garrison.agent import files, identity, keys, signing
from garrison.agent.failures import AgentError
from garrison.agent.identity import Identity, Place
from garrison.agent.server import TARGET, Server
from garrison.agent.signing import Session

_SOON = timedelta(minutes=5)


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def enroll(
    folder: Path,
    server: Server,
    token: str,
    *,
    host_name: str = "",
    instance: str = "",
    tags: Mapping[str, str] | None = None,
) -> Identity:
    """Make a key, have it certified for the token, and keep both; raises `AgentError`.

    `tags` are those that the host gives itself, where the token lets it.
    """
    files.make_folder(folder)
    fresh, key = folder / "key.fresh", keys.new_key()
    files.write(fresh, key)
    try:
        asked: dict[str, Any] = {"Token": token, "CertificateSigningRequest": keys.signing_request(fresh)}
        asked |= {name: text for name, text in (("HostName", host_name), ("InstanceId", instance)) if text}
        asked |= {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]} if tags else {}
        answer = server.post("/", _json(asked), _target(server, "EnrollHost"))
    finally:
        fresh.unlink()
    host = answer["Host"]
    place = Place(
        endpoint=server.url,
        ca_bundle=server.ca_bundle,
        region=str(answer["TrustAnchorArn"]).split(":")[3],
        name=host["Name"],
        trust_anchor_arn=answer["TrustAnchorArn"],
        profile_arn=host["ProfileArn"],
        role_arn=host.get("RoleArn"),
    )
    return identity.save(folder, place, key, answer["Certificate"])


class Connection:
    """An enrolled host's way to its server; opens sessions and renews the certificate as it must."""

    def __init__(self, known: Identity) -> None:
        self.identity = known
        self._session: Session | None = None

    @property
    def server(self) -> Server:
        """The server."""
        return Server(self.identity.place.endpoint, self.identity.place.ca_bundle)

    def call(self, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """One call of Garrison's API as the host; raises `Refused` or `Unreachable`."""
        server, sent, at = self.server, _json(body), now()
        headers = _target(server, operation)
        session = self._opened(at)
        signed = signing.by_session(session, self.identity.place.region, "/", headers, sent, "garrison", at)
        return server.post("/", sent, headers | signed)

    def report(self, content: bytes, **members: Any) -> dict[str, Any]:
        """Send a compressed report."""
        return self.call("PutHostReport", {"Report": base64.b64encode(content).decode(), **members})

    def forget_session(self) -> None:
        """Open another session with the next call."""
        self._session = None

    def renew_if_due(self) -> None:
        """Have a new key certified where half of the certificate's life is over."""
        if now() < self.identity.renew_at:
            return
        held, server, key = self.identity, self.server, keys.new_key()
        fresh = held.folder / "key.fresh"
        files.write(fresh, key)
        try:
            request = keys.signing_request(fresh)
        finally:
            fresh.unlink()
        body = _json({"TrustAnchorArn": held.place.trust_anchor_arn, "CertificateSigningRequest": request})
        headers = _target(server, "RenewHostCertificate")
        signed = signing.by_certificate(held, "/", headers, body, "garrison", now())
        answer = server.post("/", body, headers | signed)
        self.identity = identity.save(held.folder, replace(held.place), key, answer["Certificate"])

    def _opened(self, at: datetime) -> Session:
        if self._session is not None and at < self._session.expires_at - _SOON:
            return self._session
        place, server = self.identity.place, self.server
        asked = {"trustAnchorArn": place.trust_anchor_arn, "profileArn": place.profile_arn}
        body = _json(asked | ({"roleArn": place.role_arn} if place.role_arn else {}))
        headers = server.headers | {"content-type": "application/json"}
        signed = signing.by_certificate(self.identity, "/sessions", headers, body, "rolesanywhere", at)
        answer = server.post("/sessions", body, headers | signed)
        try:
            made = answer["credentialSet"][0]["credentials"]
            expires_at = datetime.fromisoformat(made["expiration"].replace("Z", "+00:00"))
            self._session = Session(made["accessKeyId"], made["secretAccessKey"], made["sessionToken"], expires_at)
        except (KeyError, IndexError, TypeError, ValueError):
            raise AgentError("The server's answer has no credentials.") from None
        return self._session


def _target(server: Server, operation: str) -> dict[str, str]:
    return server.headers | {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"{TARGET}.{operation}"}


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode()
