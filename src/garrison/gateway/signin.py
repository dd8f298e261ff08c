"""The sign-in endpoint under `/_garrison/signin`: passwords and codes in, session credentials out; AWS's federation beside it.

`POST /_garrison/signin` takes one JSON object: `user` (left out for root), `password`, `mfaCode` and `account`; or `changeToken`
with `newPassword`; or `signinToken`; or `samlResponse` with `role`; or `webIdentityToken` with `role` and `sessionName`.
`/saml` takes the form that a browser brings from a SAML identity provider. `/_garrison/signin/federation` takes AWS's `Action=getSigninToken` and `Action=login`.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import msgspec

from garrison.errors import ApiError
from garrison.gateway.plain_pages import plain_page
from garrison.gateway.signin_destinations import Destinations
from garrison.gateway.signin_entrance import (
    LARGEST_BODY_BYTES,
    Entrance,
    SignedIn,
    json_answer,
    read_form,
)
from garrison.gateway.signin_federated import assumed, saml_choice
from garrison.gateway.signin_records import identity_of, sign_in_record
from garrison.identifiers import event_id
from garrison.logs import get_logger
from garrison.services.signin import make_token
from garrison.services.signin.federation import SessionCredentials
from garrison.services.sts.sessions import issue
from garrison.store import Conflict, StoreUnavailable
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from garrison.gateway.worker import Worker

SIGN_IN_PATH = "/_garrison/signin"
FEDERATION_PATH = f"{SIGN_IN_PATH}/federation"
SAML_PATH = "/saml"
"""Where browsers bring the responses of SAML identity providers, as to AWS's `https://signin.aws.amazon.com/saml`."""
MOST_WAITING = 64
"""Sign-ins that may wait at once in a worker; each takes 40 ms and 19 MiB."""

log = get_logger("garrison.gateway")


def is_sign_in(request: HttpRequest) -> bool:
    """Whether a request signs somebody in. A bucket may be named `saml` too: S3's forms are of another kind."""
    if request.path != SAML_PATH:
        return request.path.startswith(SIGN_IN_PATH)
    kind = request.header("content-type", "") or ""
    return request.method == "POST" and kind.startswith("application/x-www-form-urlencoded") and not _is_signed(request)


def _is_signed(request: HttpRequest) -> bool:
    return request.header("authorization") is not None


class SignIn:
    """Answers sign-ins; called in threads, since a password takes time."""

    def __init__(self, worker: Worker) -> None:
        self._parts = worker.opened.parts
        self._clock = worker.opened.clock
        self._spool = worker.spool
        self._pipeline = worker.pipeline
        self._account = worker.settings.account_id
        self._entrance = Entrance(worker)
        self._destinations = Destinations(worker.settings)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request under `SIGN_IN_PATH`."""
        try:
            if request.path == SIGN_IN_PATH:
                return self._sign_in(request)
            if request.path == FEDERATION_PATH:
                return self._federate(request)
            if request.path == SAML_PATH:
                return self._from_provider(request)
            return json_answer(404, {"message": "There is no such page."})
        except ApiError as error:
            return json_answer(error.status or 400, {"status": "refused", "code": error.code, "message": error.message})
        except (StoreUnavailable, Conflict):
            return json_answer(503, {"message": "Signing in is not possible now. Try again."})
        except Exception as problem:
            log.error("sign_in_failed", exc_info=problem)
            return json_answer(500, {"message": "The request processing has failed because of an unknown error."})
        finally:
            self._spool.wake()

    def _sign_in(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponse(405, [("allow", "POST")])
        entered = self._entrance.enter(request, read_form(request))
        return entered if isinstance(entered, HttpResponse) else self._shown(entered)

    def _shown(self, entered: SignedIn) -> HttpResponse:
        arn, given = entered.principal.arn, entered.given
        if given is not None:
            expires_at = entered.session.expires_at
            return _signed_in(arn, given.session_id, given.session_key, given.session_token, expires_at)
        made = issue(self._parts.root_key, self._account, entered.session)
        return _signed_in(arn, made.access_key_id, made.secret.reveal(), made.token, made.expires_at)

    def _from_provider(self, request: HttpRequest) -> HttpResponse:
        """Take the form that a browser brings from a SAML provider, and send it on to a page of this server with a token."""
        if request.method != "POST":
            return HttpResponse(405, [("allow", "POST")])
        if len(request.body) > LARGEST_BODY_BYTES:
            raise ApiError("ValidationError", "The sign-in is too large.", status=413)
        form = _parameters(request)
        choice = saml_choice(form.get("SAMLResponse", ""), form.get("roleIndex"))
        if len(choice.roles) > 1:
            return _role_page(form, choice.roles)
        given = assumed(self._pipeline, request, choice) if choice.parameters else None
        if given is None:
            return _turned_down_page(self._entrance.turned_down(request, choice).status)
        token, _ = make_token(self._parts.root_key, self._account, given, None, self._clock.now())
        try:
            return self._destinations.redirect(request, form.get("RelayState", ""), token, status=303)
        except ApiError:  # what the provider keeps there is no page of ours
            return self._destinations.redirect(request, "/", token, status=303)

    def _federate(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "POST"):
            return HttpResponse(405, [("allow", "GET, POST")])
        parameters = _parameters(request)
        action = parameters.get("Action")
        if action == "getSigninToken":
            return self._token(request, parameters)
        if action == "login":
            destination, token = parameters.get("Destination", ""), parameters.get("SigninToken", "")
            return self._destinations.redirect(request, destination, token)
        raise ApiError("ValidationError", "Action must be getSigninToken or login.", status=400)

    def _token(self, request: HttpRequest, parameters: Mapping[str, str]) -> HttpResponse:
        at, identifier = self._clock.now(), event_id()
        duration = parameters.get("SessionDuration")
        if duration is not None and not (duration.isascii() and duration.isdigit() and len(duration) < 6):
            raise ApiError("ValidationError", "SessionDuration must be a number of seconds.", status=400)
        try:
            given = msgspec.json.decode(parameters.get("Session", ""), type=SessionCredentials)
        except msgspec.DecodeError:
            raise ApiError("ValidationError", "Session must be temporary credentials as JSON.", status=400) from None
        seconds = int(duration) if duration is not None else None
        token, principal = make_token(self._parts.root_key, self._account, given, seconds, at)
        identity = identity_of(principal, self._account, at, succeeded=True)
        with self._parts.store.writing(self._account, "global", event_id=identifier, at=at) as unit:
            unit.append_event(
                identifier,
                sign_in_record(request, self._account, identifier, at, name="GetSigninToken", identity=identity),
            )
        return json_answer(200, {"SigninToken": token})


def _role_page(form: Mapping[str, str], roles: tuple[str, ...]) -> HttpResponse:
    """Whoever may have several roles chooses one, which sends the same response again."""
    kept = "".join(
        f'<input type="hidden" name="{name}" value="{escape(form[name])}">'
        for name in ("SAMLResponse", "RelayState")
        if name in form
    )
    buttons = "".join(f'<button name="roleIndex" value="{escape(role)}">{escape(role)}</button>' for role in roles)
    return plain_page(200, "Choose a role", f'<form method="post" action="{SAML_PATH}">{kept}{buttons}</form>')


def _turned_down_page(status: int) -> HttpResponse:
    return plain_page(
        status,
        "You are not signed in",
        "<p>The response of the identity provider does not let you in: it was used before, is too old, or the role does not trust it.</p>"
        "<p>Begin again at the identity provider.</p>",
    )


def _parameters(request: HttpRequest) -> dict[str, str]:
    text = request.query if request.method == "GET" else request.body.decode("utf-8", "replace")
    try:
        return dict(parse_qsl(text, max_num_fields=20))
    except ValueError:
        raise ApiError("ValidationError", "There are too many parameters.", status=400) from None


def _signed_in(arn: str, key_id: str, secret: str, token: str, expires_at: datetime) -> HttpResponse:
    credentials = {"accessKeyId": key_id, "secretAccessKey": secret, "sessionToken": token, "expiration": expires_at}
    return json_answer(200, {"status": "success", "arn": arn, "credentials": credentials})
