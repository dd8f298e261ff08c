"""A real OpenID Connect provider in a thread, and tokens from its code flow, genuine and forged."""

from __future__ import annotations

import base64
import json
import ssl
import urllib.parse
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("oidc_provider_mock")
    from authlib import jose
    from oidc_provider_mock._app import app
    from oidc_provider_mock._storage import Storage

import werkzeug.serving

CALLBACK = "https://app.example.com/callback"


class Provider:
    """A running provider: its issuer URL, its signing key, and its users' tokens."""

    def __init__(self, issuer: str, storage: Storage) -> None:
        self.issuer = issuer
        self._storage = storage

    @property
    def name(self) -> str:
        """The issuer without its scheme."""
        return self.issuer.partition("://")[2]

    def sign_in(self, subject: str, client_id: str = "app", scope: str = "openid email", **claims: Any) -> str:
        """The ID token of a user, got as an application gets it: authorization, redirect with a code, token endpoint."""
        self._send("PUT", f"/users/{urllib.parse.quote(subject)}", json.dumps(claims).encode(), "application/json")
        asked = {
            "client_id": client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": scope,
            "state": "s",
        }
        location = self._send(
            "POST",
            f"/oauth2/authorize?{urllib.parse.urlencode(asked)}",
            urllib.parse.urlencode({"sub": subject}).encode(),
        )
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "client_id": client_id}
        form["client_secret"] = "any"
        return str(json.loads(self._send("POST", "/oauth2/token", urllib.parse.urlencode(form).encode()))["id_token"])

    def rotate(self) -> None:
        """Replace the signing key: the old one is published no longer."""
        self._storage.jwk = jose.RSAKey.generate_key(is_private=True)

    def publish(self, key: Any) -> None:
        """Sign with, and publish, this key."""
        self._storage.jwk = key

    @property
    def key(self) -> Any:
        """The private signing key."""
        return self._storage.jwk

    def signed(self, claims: dict[str, Any], key: Any = None, **header: Any) -> str:
        """A token with these very claims and header, signed by the provider's key, or another."""
        key = key if key is not None else self.key
        whole = {"alg": "RS256", "kid": self.key.as_dict()["kid"], "typ": "JWT"} | header
        whole = {name: value for name, value in whole.items() if value is not None}
        return jose.JsonWebSignature().serialize_compact(whole, json.dumps(claims).encode(), key).decode()

    def _send(self, method: str, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> str:
        request = urllib.request.Request(self.issuer + path, body, {"Content-Type": kind}, method=method)
        try:
            with _OPENER.open(request, timeout=10) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as redirect:
            if redirect.code != 302:
                raise
            return str(redirect.headers["Location"])


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(
    _NoRedirects, urllib.request.HTTPSHandler(context=ssl._create_unverified_context())
)


@contextmanager
def running(ssl_context: Any = None) -> Iterator[Provider]:
    """A provider on a free port of this machine, by plain HTTP or with this certificate."""
    import threading

    made = app()
    storages: list[Storage] = []
    for functions in made.before_request_funcs.values():
        for function in functions:
            storages += [
                cell.cell_contents for cell in function.__closure__ or () if isinstance(cell.cell_contents, Storage)
            ]
    server = werkzeug.serving.make_server("127.0.0.1", 0, made, threaded=True, ssl_context=ssl_context)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        scheme = "https" if ssl_context else "http"
        yield Provider(f"{scheme}://127.0.0.1:{server.server_port}", storages[0])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def claims_of(token: str) -> dict[str, Any]:
    """The claims inside a token."""
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


__all__ = ["Provider", "claims_of", "running"]
