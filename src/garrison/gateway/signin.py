"""The sign-in endpoint under `/_garrison/signin`: passwords and codes in, session credentials out; AWS's federation beside it.

`POST /_garrison/signin` takes one JSON object: `user` (left out for root), `password`, `mfaCode` and `account`; or `changeToken`
with `newPassword`; or `signinToken`; or `samlResponse` with `role`; or `webIdentityToken` with `role` and `sessionName`.
`/saml` takes the form that a browser brings from a SAML identity provider. `/_garrison/signin/federation` takes AWS's `Action=getSigninToken` and `Action=login`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

import msgspec

from garrison import codec
from garrison.errors import ApiError
from garrison.gateway.signin_federated import Choice, assumed, saml_choice, token_choice
from garrison.gateway.signin_records import FAILED, NO_SUCH_USER, identity_of, sign_in_record
from garrison.identifiers import event_id
from garrison.logs import get_logger
from garrison.services.identity import Principal, Secret, Session
from garrison.services.signin import Outcome, PasswordAttempt, change_password, make_token, redeem_token, sign_in
from garrison.services.signin.changes import change_token
from garrison.services.signin.federation import SessionCredentials
from garrison.services.signin.people import Result
from garrison.services.sts.sessions import issue, open_token
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
LARGEST_BODY_BYTES = 160 * 1024
"""A SAML response has up to 100,000 characters, of which a browser's form escapes some."""
LONGEST_PASSWORD = 32 * 1024

log = get_logger("garrison.gateway")

_INCORRECT = "Your authentication information is incorrect. Please try again."
_EXPIRED = "Your password has expired. Ask an administrator for another."
_CHOOSE = "Name one of the roles and send the response again."
_MUST_CHANGE = "You must change your password to continue."


def is_sign_in(request: HttpRequest) -> bool:
    """Whether a request signs somebody in. A bucket may be named `saml` too: S3's forms are of another kind."""
    if request.path != SAML_PATH:
        return request.path.startswith(SIGN_IN_PATH)
    kind = request.header("content-type", "") or ""
    return request.method == "POST" and kind.startswith("application/x-www-form-urlencoded") and not _is_signed(request)


def _is_signed(request: HttpRequest) -> bool:
    return request.header("authorization") is not None


class _Form(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The body of a sign-in."""

    account: str | None = None
    user: str | None = None
    password: str | None = None
    mfa_code: str | None = None
    change_token: str | None = None
    new_password: str | None = None
    signin_token: str | None = None
    saml_response: str | None = None
    web_identity_token: str | None = None
    role: str | None = None
    session_name: str | None = None

    def __repr__(self) -> str:
        return "_Form(…)"


class SignIn:
    """Answers sign-ins; called in threads, since a password takes time."""

    def __init__(self, worker: Worker) -> None:
        self._parts = worker.opened.parts
        self._clock = worker.opened.clock
        self._spool = worker.spool
        self._pipeline = worker.pipeline
        self._account = worker.settings.account_id

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request under `SIGN_IN_PATH`."""
        try:
            if request.path == SIGN_IN_PATH:
                return self._sign_in(request)
            if request.path == FEDERATION_PATH:
                return self._federate(request)
            if request.path == SAML_PATH:
                return self._from_provider(request)
            return _json(404, {"message": "There is no such page."})
        except ApiError as error:
            return _json(error.status or 400, {"status": "refused", "code": error.code, "message": error.message})
        except (StoreUnavailable, Conflict):
            return _json(503, {"message": "Signing in is not possible now. Try again."})
        except Exception as problem:
            log.error("sign_in_failed", exc_info=problem)
            return _json(500, {"message": "The request processing has failed because of an unknown error."})
        finally:
            self._spool.wake()

    def _sign_in(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponse(405, [("allow", "POST")])
        form = _read(request)
        at, identifier = self._clock.now(), event_id()
        if form.signin_token is not None:
            return self._redeem(request, form.signin_token)
        if form.saml_response is not None:
            return self._vouched(request, saml_choice(form.saml_response, form.role))
        if form.web_identity_token is not None:
            return self._vouched(request, token_choice(form.web_identity_token, form.role, form.session_name))

        def record(outcome: Outcome) -> bytes:
            return self._record(request, outcome, identifier, at)

        if form.change_token is not None and form.new_password is not None:
            store, root_key = self._parts.store, self._parts.root_key
            password = _secret(form.new_password)
            changed = change_password(
                store, root_key, self._account, form.change_token, password, at, identifier, record
            )
            return self._shown(changed, at) if changed is not None else _json(401, _failed())
        if form.password is None:
            raise ApiError(
                "ValidationError",
                "A sign-in has a password, a changeToken, a signinToken, a samlResponse or a webIdentityToken.",
                status=400,
            )
        attempt = PasswordAttempt(
            form.account, form.user, _secret(form.password), form.mfa_code, request.source_address
        )
        return self._shown(sign_in(self._parts.store, self._account, attempt, at, identifier, record), at)

    def _record(self, request: HttpRequest, outcome: Outcome, identifier: str, at: datetime) -> bytes:
        error = None
        if outcome.result is not Result.SUCCESS:
            error = {Result.MUST_CHANGE: _MUST_CHANGE}.get(outcome.result, FAILED)
            error = NO_SUCH_USER if outcome.principal is None else error
        identity = identity_of(outcome.principal, self._account, at, succeeded=error is None)
        device = outcome.device.arn if outcome.device is not None else None
        return sign_in_record(request, self._account, identifier, at, identity=identity, error=error, device=device)

    def _shown(self, outcome: Outcome, at: datetime) -> HttpResponse:
        if outcome.session is not None and outcome.principal is not None:
            return self._credentials(outcome.principal, outcome.session)
        if outcome.result is Result.MUST_CHANGE:
            token = change_token(self._parts.root_key, self._account, outcome, at)
            return _json(403, {"status": outcome.result, "message": _MUST_CHANGE, "changeToken": token})
        if outcome.result is Result.EXPIRED:
            return _json(403, {"status": outcome.result, "message": _EXPIRED})
        return _json(401, _failed())

    def _credentials(self, principal: Principal, session: Session) -> HttpResponse:
        made = issue(self._parts.root_key, self._account, session)
        return _signed_in(principal.arn, made.access_key_id, made.secret.reveal(), made.token, made.expires_at)

    def _redeem(self, request: HttpRequest, token: str) -> HttpResponse:
        at, identifier = self._clock.now(), event_id()
        with self._parts.store.writing(self._account, "global", event_id=identifier, at=at) as unit:
            principal = redeem_token(unit, self._parts.root_key, token)
            if principal is not None:
                identity = identity_of(principal, self._account, at, succeeded=True)
                unit.append_event(identifier, sign_in_record(request, self._account, identifier, at, identity=identity))
        if principal is None or principal.session is None:
            return _json(401, _failed())
        return self._credentials(principal, principal.session)

    def _vouched(self, request: HttpRequest, choice: Choice) -> HttpResponse:
        """Sign in whom an identity provider vouches for, with a role's session."""
        if len(choice.roles) > 1:
            return _json(403, {"status": "role_required", "message": _CHOOSE, "roles": list(choice.roles)})
        given = assumed(self._pipeline, request, choice) if choice.parameters else None
        at, identifier = self._clock.now(), event_id()
        principal = None
        if given is not None:
            principal = open_token(self._parts.root_key, given.session_id, given.session_token, at).principal
        identity = identity_of(principal, self._account, at, succeeded=True)
        if principal is None:
            kind = "SAMLUser" if choice.operation == "AssumeRoleWithSAML" else "WebIdentityUser"
            identity = {"type": kind, "accountId": self._account}
        error = FAILED if principal is None else None
        record = sign_in_record(
            request, self._account, identifier, at, identity=identity, error=error, saml_provider=choice.provider
        )
        with self._parts.store.writing(self._account, "global", event_id=identifier, at=at) as unit:
            unit.append_event(identifier, record)
        if given is None or principal is None or principal.session is None:
            return _json(401, _failed())
        return _signed_in(
            principal.arn, given.session_id, given.session_key, given.session_token, principal.session.expires_at
        )

    def _from_provider(self, request: HttpRequest) -> HttpResponse:
        """Take the form that a browser brings from a SAML provider, and send it on to a page of this server with a token."""
        if request.method != "POST":
            return HttpResponse(405, [("allow", "POST")])
        if len(request.body) > LARGEST_BODY_BYTES:
            raise ApiError("ValidationError", "The sign-in is too large.", status=413)
        form = _parameters(request)
        choice = saml_choice(form.get("SAMLResponse", ""), form.get("roleIndex"))
        if len(choice.roles) > 1:
            return _json(403, {"status": "role_required", "message": _CHOOSE, "roles": list(choice.roles)})
        given = assumed(self._pipeline, request, choice) if choice.parameters else None
        if given is None:
            return self._vouched(request, choice._replace(parameters={}))
        token, _ = make_token(self._parts.root_key, self._account, given, None, self._clock.now())
        try:
            return _redirect(request, {"Destination": form.get("RelayState") or "/", "SigninToken": token}, status=303)
        except ApiError:
            return _redirect(
                request, {"SigninToken": token}, status=303
            )  # what the provider keeps there is no page of ours

    def _federate(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "POST"):
            return HttpResponse(405, [("allow", "GET, POST")])
        parameters = _parameters(request)
        action = parameters.get("Action")
        if action == "getSigninToken":
            return self._token(request, parameters)
        if action == "login":
            return _redirect(request, parameters)
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
        return _json(200, {"SigninToken": token})


def _read(request: HttpRequest) -> _Form:
    """The form of a request; only JSON, which no other site's page can send without being asked (CORS)."""
    kind = (request.header("content-type", "") or "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError("ValidationError", "A sign-in is application/json.", status=415)
    if len(request.body) > LARGEST_BODY_BYTES:
        raise ApiError("ValidationError", "The sign-in is too large.", status=413)
    try:
        return msgspec.json.decode(request.body, type=_Form)
    except msgspec.DecodeError:
        raise ApiError("ValidationError", "The sign-in is not of the form that is documented.", status=400) from None


def _secret(text: str) -> Secret:
    return Secret(text[:LONGEST_PASSWORD])


def _parameters(request: HttpRequest) -> dict[str, str]:
    text = request.query if request.method == "GET" else request.body.decode("utf-8", "replace")
    try:
        return dict(parse_qsl(text, max_num_fields=20))
    except ValueError:
        raise ApiError("ValidationError", "There are too many parameters.", status=400) from None


def _redirect(request: HttpRequest, parameters: Mapping[str, str], status: int = 302) -> HttpResponse:
    """Send the browser to a page of this server with the token, which that page redeems; never anywhere else."""
    destination, token = urlsplit(parameters.get("Destination", "/")), parameters.get("SigninToken", "")
    is_here = destination.netloc in ("", request.header("host")) and destination.scheme in ("", request.scheme)
    path = destination.path or "/"
    if not is_here or not token or path.startswith("//") or "\\" in path or not path.startswith("/"):
        raise ApiError("ValidationError", "Destination must be a page of this server, with a SigninToken.", status=400)
    query = f"?{quote(destination.query, safe='=&%')}" if destination.query else ""
    location = f"{quote(path, safe='/%')}{query}#SigninToken={quote(token, safe='')}"
    return HttpResponse(status, [("location", location), ("cache-control", "no-store")])


def _signed_in(arn: str, key_id: str, secret: str, token: str, expires_at: datetime) -> HttpResponse:
    credentials = {"accessKeyId": key_id, "secretAccessKey": secret, "sessionToken": token, "expiration": expires_at}
    return _json(200, {"status": "success", "arn": arn, "credentials": credentials})


def _failed() -> dict[str, Any]:
    return {"status": str(Result.FAILED), "message": _INCORRECT}


def _json(status: int, body: dict[str, Any]) -> HttpResponse:
    return HttpResponse(
        status, [("content-type", "application/json"), ("cache-control", "no-store")], codec.encode(body)
    )
