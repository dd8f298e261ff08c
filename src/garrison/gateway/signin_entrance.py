"""The ways in: a sign-in's form becomes a person and a session, or the answer that says why not.

Who asks decides what to do with the session: `/_garrison/signin` gives its credentials at once, the console keeps it and gives short ones.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from garrison import codec
from garrison.errors import ApiError
from garrison.gateway.signin_federated import Choice, assumed, saml_choice, token_choice
from garrison.gateway.signin_records import FAILED, NO_SUCH_USER, identity_of, sign_in_record
from garrison.identifiers import event_id
from garrison.services.identity import Principal, Secret, Session
from garrison.services.signin import Outcome, PasswordAttempt, change_password, redeem_token, sign_in
from garrison.services.signin.changes import change_token
from garrison.services.signin.federation import SessionCredentials
from garrison.services.signin.people import Result
from garrison.services.sts.sessions import open_token
from garrison.wire.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from garrison.gateway.worker import Worker

LARGEST_BODY_BYTES = 160 * 1024
"""A SAML response has up to 100,000 characters, of which a browser's form escapes some."""
LONGEST_PASSWORD = 32 * 1024

_INCORRECT = "Your authentication information is incorrect. Please try again."
_EXPIRED = "Your password has expired. Ask an administrator for another."
_CHOOSE = "Name one of the roles and send the response again."
_MUST_CHANGE = "You must change your password to continue."


class Form(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
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
        return "Form(…)"


class SignedIn(NamedTuple):
    """Who came in, and for how long."""

    principal: Principal
    session: Session
    given: SessionCredentials | None = None
    """The credentials that STS has given for the session already, if it has."""


class Entrance:
    """Decides sign-ins, each with its record; called in threads, since a password takes time."""

    def __init__(self, worker: Worker) -> None:
        self._parts = worker.opened.parts
        self._clock = worker.opened.clock
        self._pipeline = worker.pipeline
        self._account = worker.settings.account_id

    def enter(self, request: HttpRequest, form: Form) -> SignedIn | HttpResponse:
        """Who signs in by a form, or the refusal; raises `ApiError` for a form that is none."""
        at, identifier = self._clock.now(), event_id()
        if form.signin_token is not None:
            return self._redeem(request, form.signin_token)
        if form.saml_response is not None:
            return self.vouched(request, saml_choice(form.saml_response, form.role))
        if form.web_identity_token is not None:
            return self.vouched(request, token_choice(form.web_identity_token, form.role, form.session_name))

        def record(outcome: Outcome) -> bytes:
            return self._record(request, outcome, identifier, at)

        if form.change_token is not None and form.new_password is not None:
            store, root_key = self._parts.store, self._parts.root_key
            password = _secret(form.new_password)
            changed = change_password(
                store, root_key, self._account, form.change_token, password, at, identifier, record
            )
            return self._shown(changed, at) if changed is not None else json_answer(401, _failed())
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

    def _shown(self, outcome: Outcome, at: datetime) -> SignedIn | HttpResponse:
        if outcome.session is not None and outcome.principal is not None:
            return SignedIn(outcome.principal, outcome.session)
        if outcome.result is Result.MUST_CHANGE:
            token = change_token(self._parts.root_key, self._account, outcome, at)
            return json_answer(403, {"status": outcome.result, "message": _MUST_CHANGE, "changeToken": token})
        if outcome.result is Result.EXPIRED:
            return json_answer(403, {"status": outcome.result, "message": _EXPIRED})
        return json_answer(401, _failed())

    def _redeem(self, request: HttpRequest, token: str) -> SignedIn | HttpResponse:
        at, identifier = self._clock.now(), event_id()
        with self._parts.store.writing(self._account, "global", event_id=identifier, at=at) as unit:
            principal = redeem_token(unit, self._parts.root_key, token)
            if principal is not None:
                identity = identity_of(principal, self._account, at, succeeded=True)
                unit.append_event(identifier, sign_in_record(request, self._account, identifier, at, identity=identity))
        if principal is None or principal.session is None:
            return json_answer(401, _failed())
        return SignedIn(principal, principal.session)

    def vouched(self, request: HttpRequest, choice: Choice) -> SignedIn | HttpResponse:
        """Sign in whom an identity provider vouches for, with a role's session."""
        if len(choice.roles) > 1:
            return role_required(choice)
        given = assumed(self._pipeline, request, choice) if choice.parameters else None
        if given is None:
            return self.turned_down(request, choice)
        at = self._clock.now()
        principal = open_token(self._parts.root_key, given.session_id, given.session_token, at).principal
        assert principal.session is not None
        self._keep(request, choice, at, identity_of(principal, self._account, at, succeeded=True), None)
        return SignedIn(principal, principal.session, given)

    def turned_down(self, request: HttpRequest, choice: Choice) -> HttpResponse:
        """Record that somebody was not let in for whom a provider may have vouched."""
        kind = "SAMLUser" if choice.operation == "AssumeRoleWithSAML" else "WebIdentityUser"
        self._keep(request, choice, self._clock.now(), {"type": kind, "accountId": self._account}, FAILED)
        return json_answer(401, _failed())

    def _keep(
        self, request: HttpRequest, choice: Choice, at: datetime, identity: dict[str, Any], error: str | None
    ) -> None:
        identifier, provider = event_id(), choice.provider
        record = sign_in_record(
            request, self._account, identifier, at, identity=identity, error=error, saml_provider=provider
        )
        with self._parts.store.writing(self._account, "global", event_id=identifier, at=at) as unit:
            unit.append_event(identifier, record)


def read_form(request: HttpRequest) -> Form:
    """The form of a request; only JSON, which no other site's page can send without being asked (CORS)."""
    kind = (request.header("content-type", "") or "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError("ValidationError", "A sign-in is application/json.", status=415)
    if len(request.body) > LARGEST_BODY_BYTES:
        raise ApiError("ValidationError", "The sign-in is too large.", status=413)
    try:
        return msgspec.json.decode(request.body, type=Form)
    except msgspec.DecodeError:
        raise ApiError("ValidationError", "The sign-in is not of the form that is documented.", status=400) from None


def role_required(choice: Choice) -> HttpResponse:
    """The answer where somebody may have several roles."""
    return json_answer(403, {"status": "role_required", "message": _CHOOSE, "roles": list(choice.roles)})


def _secret(text: str) -> Secret:
    return Secret(text[:LONGEST_PASSWORD])


def _failed() -> dict[str, Any]:
    return {"status": str(Result.FAILED), "message": _INCORRECT}


def json_answer(status: int, body: dict[str, Any]) -> HttpResponse:
    """An answer that nobody keeps."""
    return HttpResponse(
        status, [("content-type", "application/json"), ("cache-control", "no-store")], codec.encode(body)
    )
