"""Sign in by an OpenID Connect provider: send the browser there, and bring back with a sign-in token whom it vouches for.

    GET oidc?provider=NAME&asked=…    → the provider's page
    GET oidc/callback?code=…          → the console, with `#signinToken=…&asked=…`

What ties the answer to the question is sealed in a cookie of the browser that asked: no other browser can bring an answer, and nothing is kept
here for strangers. Programs on other ports can plant a cookie, so the page has a secret of its own in it, `asked`, and knows its question by that. The role is assumed through STS, which verifies the token and asks the role's trust policy.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import msgspec

from garrison.errors import ApiError, OperatorError
from garrison.federation import IdentityRefused, Issuer, ProviderUnreachable, read_token
from garrison.federation.authorization import Client, Proof, authorization_url, id_token_of, token_request
from garrison.gateway.console.cookies import cookies_of
from garrison.gateway.console.places import CONSOLE_PATH, Places
from garrison.gateway.plain_pages import plain_page
from garrison.gateway.signin_destinations import Destinations
from garrison.gateway.signin_entrance import Entrance
from garrison.gateway.signin_federated import assumed, token_choice
from garrison.logs import get_logger
from garrison.outgoing.mail import read_private
from garrison.services.iam.identity_providers import OidcProvider, oidc_provider_at
from garrison.services.signin import make_token
from garrison.store import SealBroken, StoreUnavailable
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from garrison.gateway.worker import Worker
    from garrison.setting_tables import ConsoleProvider

OIDC_PATH = f"{CONSOLE_PATH}oidc"
CALLBACK_PATH = f"{OIDC_PATH}/callback"

_HOLDS_FOR = timedelta(minutes=10)
_PURPOSE = b"console-oidc/1/"
_SECRET_BYTES = 32
_LONGEST_QUERY = 8192
_LONGEST_COOKIE = 4096
_MOST_COOKIES = 8
_LONGEST_ASKED = 128
_AWAY = "The identity provider cannot be asked now. The server's log says why."
_OTHER_BROWSER = "This answer belongs to no sign-in that this browser began, or to one that took too long."
_NOT_LET_IN = "The identity provider or the role's trust policy does not let you in."

log = get_logger("garrison.gateway")


class _Asked(msgspec.Struct, array_like=True):
    """What a browser was sent away with."""

    provider: str
    proof: Proof
    at: int
    page: str
    """What the page that asked will know its question by."""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Asked).decode


class OpenId:
    """Answers what is under `OIDC_PATH`; called in threads, since it waits for providers."""

    def __init__(self, worker: Worker, places: Places) -> None:
        self._parts = worker.opened.parts
        self._clock = worker.opened.clock
        self._spool = worker.spool
        self._pipeline = worker.pipeline
        self._account = worker.settings.account_id
        self._chosen = {name: each for name, each in worker.settings.console_providers.items() if each.kind == "oidc"}
        self._entrance = Entrance(worker)
        self._destinations = Destinations(worker.settings)
        self._places = places
        self._cookie = f"garrison_oidc_{worker.settings.console_port}"

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request of a browser that goes to or comes from a provider."""
        try:
            if request.method != "GET" or len(request.query) > _LONGEST_QUERY:
                return _failed(400, "The request is not one of a sign-in.")
            query = dict(parse_qsl(request.query, max_num_fields=20))
            return self._begin(request, query) if request.path == OIDC_PATH else self._end(request, query)
        except (ProviderUnreachable, OperatorError) as problem:
            log.warning("console_provider_failed", cause=str(problem))
            return _failed(502, _AWAY)
        except ApiError as error:
            return _failed(error.status or 400, error.message)
        except (StoreUnavailable, ValueError):
            return _failed(400, _OTHER_BROWSER)
        except Exception as problem:
            log.error("console_provider_failed", exc_info=problem)
            return _failed(500, "The request processing has failed because of an unknown error.")
        finally:
            self._spool.wake()

    def _begin(self, request: HttpRequest, query: dict[str, str]) -> HttpResponse:
        name = query.get("provider", "")
        chosen = self._chosen.get(name)
        if chosen is None:
            return _failed(404, "There is no such identity provider.")
        endpoints = self._parts.sign_in_endpoints.of(self._issuer(chosen), self._clock.now())
        proof = Proof(*(secrets.token_urlsafe(_SECRET_BYTES) for _ in Proof._fields))
        asked = _Asked(name, proof, int(self._clock.now().timestamp()), query.get("asked", "")[:_LONGEST_ASKED])
        sealed = base64.urlsafe_b64encode(self._parts.root_key.seal(_encode(asked), self._purpose)).decode()
        url = authorization_url(endpoints, self._client(request, chosen), proof)
        headers = [("location", url), ("cache-control", "no-store")]
        return HttpResponse(302, [*headers, self._set_cookie(sealed, int(_HOLDS_FOR.total_seconds()))])

    def _end(self, request: HttpRequest, query: dict[str, str]) -> HttpResponse:
        asked = self._asked(request, query.get("state", ""))
        chosen = self._chosen.get(asked.provider) if asked is not None else None
        if asked is None or chosen is None:
            return _failed(403, _OTHER_BROWSER)
        issuer = self._issuer(chosen)
        if "code" not in query or query.get("iss", issuer.url) != issuer.url:  # RFC 9207: it is the one that was asked
            return self._over(_failed(403, _NOT_LET_IN))
        token = self._token(request, chosen, issuer, asked.proof, query["code"])
        choice = token_choice(token, chosen.role, None)
        given = assumed(self._pipeline, request, choice) if _is_for(token, issuer, asked.proof.nonce) else None
        if given is None:
            self._entrance.turned_down(request, choice)
            return self._over(_failed(403, _NOT_LET_IN))
        made, _ = make_token(self._parts.root_key, self._account, given, None, self._clock.now())
        return self._over(self._destinations.redirect(request, CONSOLE_PATH, made, status=303, asked=asked.page))

    def _token(self, request: HttpRequest, chosen: ConsoleProvider, issuer: Issuer, proof: Proof, code: str) -> str:
        endpoints = self._parts.sign_in_endpoints.of(issuer, self._clock.now())
        form, headers = token_request(endpoints, self._client(request, chosen), proof, code)
        fetched = self._parts.fetcher.post(endpoints.token, form, headers, issuer.thumbprints)
        return id_token_of(fetched.body)

    def _issuer(self, chosen: ConsoleProvider) -> Issuer:
        with self._parts.store.reading(self._account, "global") as unit:
            provider: OidcProvider | None = oidc_provider_at(unit, chosen.provider)
        if provider is None:
            raise OperatorError(f"There is no {chosen.provider}.", "Make it: aws iam create-open-id-connect-provider.")
        return Issuer(provider.issuer, provider.thumbprints)

    def _client(self, request: HttpRequest, chosen: ConsoleProvider) -> Client:
        origin = self._places.console_origin(request.header("host"))
        path = chosen.client_secret_file
        secret = read_private(Path(path), "client_secret_file").strip() if path else ""
        return Client(chosen.client_id, f"{origin}{CALLBACK_PATH}", chosen.scope, secret)

    def _asked(self, request: HttpRequest, state: str) -> _Asked | None:
        """The question of this browser, not long ago, that a state answers. Beside its cookie others may have been planted."""
        found = cookies_of(request, self._cookie, most=_MOST_COOKIES, longest=_LONGEST_COOKIE)
        questions = (self._opened(value) for value in found)
        return next((each for each in questions if each is not None and _same(each.proof.state, state)), None)

    def _opened(self, cookie: str) -> _Asked | None:
        try:
            asked = _decode(self._parts.root_key.open(base64.urlsafe_b64decode(cookie), self._purpose))
        except (ValueError, SealBroken, msgspec.DecodeError):
            return None
        return asked if 0 <= self._clock.now().timestamp() - asked.at < _HOLDS_FOR.total_seconds() else None

    @property
    def _purpose(self) -> bytes:
        return _PURPOSE + self._account.encode()

    def _over(self, response: HttpResponse) -> HttpResponse:
        """An answer after which the cookie is of no more use."""
        response.headers.append(self._set_cookie("", 0))
        return response

    def _set_cookie(self, value: str, seconds: int) -> tuple[str, str]:
        # Lax: the browser comes back from another site.
        secure = "; Secure" if self._places.is_https else ""
        return (
            "set-cookie",
            f"{self._cookie}={value}; Max-Age={seconds}; Path={OIDC_PATH}; HttpOnly; SameSite=Lax{secure}",
        )


def _is_for(token: str, issuer: Issuer, nonce: str) -> bool:
    """Whether a token answers this sign-in at this provider; whether it is genuine is STS's to say."""
    try:
        read = read_token(token)
    except IdentityRefused:
        return False
    said = read.claims.get("nonce")
    return read.issuer == issuer.url and isinstance(said, str) and _same(said, nonce)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _failed(status: int, cause: str) -> HttpResponse:
    """A page that says so, with the way back."""
    way_back = f'<p><a href="{CONSOLE_PATH}">Back to the console</a></p>'
    return plain_page(status, "You are not signed in", f"<p>{escape(cause)}</p>{way_back}")
