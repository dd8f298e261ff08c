"""The console's sessions over HTTP: sign in, renew, sign out. Only pages of the console's own origin are answered.

`POST session` takes the forms of people of `/_garrison/signin` and sets the cookie; `POST session/renew` takes the cookie and
`{"renewalKey": …}`; `DELETE session` ends it; `POST session/offer` tells whom a sign-in token would sign in, so that the page can ask first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from garrison.errors import ApiError
from garrison.gateway.console.cookies import cookies_of
from garrison.gateway.console.places import CONSOLE_PATH, Places
from garrison.gateway.signin_entrance import Entrance, Form, json_answer, read_form
from garrison.logs import get_logger
from garrison.services.signin import whose_token
from garrison.services.signin.console import ConsoleSession, begin, end, renew
from garrison.store import Conflict, StoreUnavailable
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from garrison.gateway.worker import Worker
    from garrison.services.identity import Principal, Session

SESSION_PATH = f"{CONSOLE_PATH}session"
RENEWAL_PATH = f"{SESSION_PATH}/renew"
OFFER_PATH = f"{SESSION_PATH}/offer"

_COOKIE_PATH = CONSOLE_PATH.rstrip("/")
_LONGEST_COOKIE = 128
_MOST_COOKIES = 8
_NOT_SIGNED_IN = "You are not signed in, or your session has ended."
_LINK_IS_OVER = "This link does not sign you in: it was used before, or is too old."

log = get_logger("garrison.gateway")


class _Renewal(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    renewal_key: str

    def __repr__(self) -> str:
        return "_Renewal(…)"


class _Offer(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    signin_token: str

    def __repr__(self) -> str:
        return "_Offer(…)"


class Sessions:
    """Answers what is under `SESSION_PATH`; called in threads."""

    def __init__(self, worker: Worker, places: Places) -> None:
        self._parts = worker.opened.parts
        self._clock = worker.opened.clock
        self._spool = worker.spool
        self._account = worker.settings.account_id
        self._entrance = Entrance(worker)
        self._places = places
        # Cookies know no ports: each console of a host has a name of its own.
        self._cookie = f"garrison_console_{worker.settings.console_port}"

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request for a session."""
        try:
            self._check_origin(request)
            if request.path != SESSION_PATH:
                ask = self._renew if request.path == RENEWAL_PATH else self._offer
                return ask(request) if request.method == "POST" else _other_method("POST")
            if request.method == "POST":
                return self._sign_in(request)
            return self._sign_out(request) if request.method == "DELETE" else _other_method("POST, DELETE")
        except ApiError as error:
            return json_answer(error.status or 400, {"status": "refused", "code": error.code, "message": error.message})
        except (StoreUnavailable, Conflict):
            return json_answer(503, {"message": "Signing in is not possible now. Try again."})
        except Exception as problem:
            log.error("console_session_failed", exc_info=problem)
            return json_answer(500, {"message": "The request processing has failed because of an unknown error."})
        finally:
            self._spool.wake()

    def _check_origin(self, request: HttpRequest) -> None:
        """Refuse what is not sent by a page of the console's own origin: a cookie comes along with other requests, too."""
        origins = [value for name, value in request.headers if name == "origin"]
        is_own = len(origins) == 1 and origins[0] == self._places.console_origin(request.header("host"))
        if not is_own or request.header("sec-fetch-site", "same-origin") != "same-origin":
            raise ApiError("AccessDenied", "Only the console's own pages use its sessions.", status=403)

    def _sign_in(self, request: HttpRequest) -> HttpResponse:
        form = read_form(request)
        if not _is_of_a_person(form):
            raise ApiError(
                "ValidationError", "A sign-in here has a password, a changeToken or a signinToken.", status=400
            )
        entered = self._entrance.enter(request, form)
        if isinstance(entered, HttpResponse):
            return entered
        at = self._clock.now()
        with self._parts.store.writing(self._account, "global", at=at) as unit:
            for former in self._cookies_of(request):
                end(unit, former)
            begun = begin(unit, self._parts.root_key, entered.session)
        shown = _shown(begun.session) | {"renewalKey": begun.renewal_key.reveal()}
        seconds = int((begun.session.session.expires_at - at).total_seconds())
        return self._with_cookie(json_answer(200, shown), begun.cookie.reveal(), seconds)

    def _renew(self, request: HttpRequest) -> HttpResponse:
        cookies, key, at = self._cookies_of(request), _renewal_key(request), self._clock.now()
        if not cookies or key is None:
            return _not_signed_in()
        with self._parts.store.reading(self._account, "global") as unit:
            found = (renew(unit, self._parts.root_key, cookie, key, at) for cookie in cookies)
            renewed = next((each for each in found if each is not None), None)
        return json_answer(200, _shown(renewed)) if renewed is not None else _not_signed_in()

    def _offer(self, request: HttpRequest) -> HttpResponse:
        """Whom a sign-in token would sign in: whoever has the token could know it by redeeming it."""
        try:
            token = msgspec.json.decode(request.body, type=_Offer).signin_token
        except (msgspec.DecodeError, UnicodeError):
            return _not_signed_in()
        with self._parts.store.reading(self._account, "global") as unit:
            principal = whose_token(unit, self._parts.root_key, token, self._clock.now())
        if principal is None or principal.session is None:
            return json_answer(401, {"status": "failed", "message": _LINK_IS_OVER})
        return json_answer(200, {"identity": _identity(principal, principal.session)})

    def _sign_out(self, request: HttpRequest) -> HttpResponse:
        if cookies := self._cookies_of(request):
            with self._parts.store.writing(self._account, "global", at=self._clock.now()) as unit:
                for cookie in cookies:
                    end(unit, cookie)
        return self._with_cookie(HttpResponse(204, [("cache-control", "no-store")]), "", 0)

    def _cookies_of(self, request: HttpRequest) -> list[str]:
        """The session's cookie, and what pages of other ports may have set beside it: only one of them fits the page's key."""
        return cookies_of(request, self._cookie, most=_MOST_COOKIES, longest=_LONGEST_COOKIE)

    def _with_cookie(self, response: HttpResponse, value: str, seconds: int) -> HttpResponse:
        secure = "; Secure" if self._places.is_https else ""
        cookie = f"{self._cookie}={value}; Max-Age={seconds}; Path={_COOKIE_PATH}; HttpOnly; SameSite=Strict{secure}"
        response.headers.append(("set-cookie", cookie))
        return response


def _is_of_a_person(form: Form) -> bool:
    return form.saml_response is form.web_identity_token is form.role is form.session_name is None


def _renewal_key(request: HttpRequest) -> str | None:
    try:
        return msgspec.json.decode(request.body, type=_Renewal).renewal_key
    except (msgspec.DecodeError, UnicodeError):
        return None


def _shown(found: ConsoleSession) -> dict[str, Any]:
    made = found.credentials
    return {
        "credentials": {
            "accessKeyId": made.access_key_id,
            "secretAccessKey": made.secret.reveal(),
            "sessionToken": made.token,
            "expiration": made.expires_at,
        },
        "identity": _identity(found.principal, found.session),
        "sessionExpiration": found.session.expires_at,
    }


def _identity(principal: Principal, session: Session) -> dict[str, Any]:
    return {
        "arn": principal.arn,
        "account": principal.account,
        "userId": principal.principal_id,
        "kind": principal.kind,
        "name": _name(principal, session),
    }


def _name(principal: Principal, session: Session) -> str:
    """What people call it: a user's name, `root`, or a role with the session's name."""
    if principal.kind == "Root":
        return "root"
    if principal.kind == "AssumedRole":
        return f"{session.issuer.user_name}/{session.name}"
    return principal.user_name or session.name


def _not_signed_in() -> HttpResponse:
    return json_answer(401, {"status": "failed", "message": _NOT_SIGNED_IN})


def _other_method(allowed: str) -> HttpResponse:
    return HttpResponse(405, [("allow", allowed)])
