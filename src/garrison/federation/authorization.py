"""Have an OpenID Connect provider sign a person in: the authorization code flow with PKCE, as far as it takes no network.

Sources: OpenID Connect Core 1.0, section 3.1; OpenID Connect Discovery 1.0, section 3; RFC 7636 (PKCE, S256); RFC 9700 (best current practice).
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import NamedTuple
from urllib.parse import quote_plus, urlencode, urlsplit

from garrison.federation.failures import ProviderUnusable

_UNUSABLE = "The identity provider's discovery document names no endpoints to sign in at"
_LONGEST_URL = 2048


class Endpoints(NamedTuple):
    """Where a provider signs people in, and where it gives their tokens."""

    authorization: str
    token: str
    takes_basic: bool
    """Whether the client's secret goes in the Authorization header, which is every provider's default."""


class Client(NamedTuple):
    """What the provider knows this server as."""

    id: str
    redirect_uri: str
    scope: str
    secret: str = ""

    def __repr__(self) -> str:
        return f"Client({self.id})"


class Proof(NamedTuple):
    """What ties an answer of the provider to the question: all of it random, and kept by the browser that asked."""

    state: str
    nonce: str
    verifier: str

    def __repr__(self) -> str:
        return "Proof(…)"


def discovery_address(issuer: str) -> str:
    """Where an issuer describes itself."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def read_endpoints(document: bytes, issuer: str) -> Endpoints:
    """The endpoints of a discovery document; raises `ProviderUnusable`."""
    try:
        described = json.loads(document)
        named, authorization, token = (
            described["issuer"],
            described["authorization_endpoint"],
            described["token_endpoint"],
        )
        methods = described.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        takes_basic = "client_secret_basic" in methods
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ProviderUnusable(_UNUSABLE) from None
    scheme = urlsplit(issuer).scheme
    if named != issuer or not all(_is_address(address, scheme) for address in (authorization, token)):
        raise ProviderUnusable(_UNUSABLE)
    return Endpoints(authorization, token, takes_basic)


def _is_address(address: object, scheme: str) -> bool:
    if (
        not isinstance(address, str)
        or len(address) > _LONGEST_URL
        or not address.isascii()
        or not address.isprintable()
    ):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return (
        parts.scheme == scheme and bool(parts.hostname) and not parts.fragment and not set(' "<>\\^`{|}') & set(address)
    )


def authorization_url(endpoints: Endpoints, client: Client, proof: Proof) -> str:
    """Where to send the browser."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(proof.verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect_uri,
        "scope": client.scope,
        "state": proof.state,
        "nonce": proof.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{endpoints.authorization}{'&' if '?' in endpoints.authorization else '?'}{urlencode(asked)}"


def token_request(endpoints: Endpoints, client: Client, proof: Proof, code: str) -> tuple[bytes, dict[str, str]]:
    """The form and the headers that a code is exchanged with."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": proof.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if client.secret and endpoints.takes_basic:
        pair = f"{quote_plus(client.id)}:{quote_plus(client.secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": client.id} | ({"client_secret": client.secret} if client.secret else {})
    return urlencode(form).encode(), headers


def id_token_of(document: bytes) -> str:
    """The ID token of a token endpoint's answer; raises `ProviderUnusable`."""
    try:
        token = json.loads(document)["id_token"]
    except (ValueError, KeyError, TypeError, RecursionError):
        token = None
    if not isinstance(token, str):
        raise ProviderUnusable("The identity provider gave no ID token")
    return token
