"""Sign in people for whom an identity provider vouches: the role is assumed as anybody assumes it through STS, who verifies all.

Nothing of a response or token is believed here: what is read of it only says which role to ask STS for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from garrison.errors import ApiError
from garrison.federation import IdentityRefused, read_token
from garrison.federation.saml import RolePair, offered_roles
from garrison.gateway.flight import Flight
from garrison.services.signin.federation import SessionCredentials
from garrison.wire.http import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from garrison.gateway.pipeline import Pipeline

_VERSION = "2011-06-15"
"""Of STS's API."""
_KEPT_HEADERS = ("host", "user-agent")
_UNFIT = re.compile(r"[^\w+=,.@-]", re.ASCII)
_SHORTEST_NAME, _LONGEST_NAME = 2, 64
"""Of a role session's name (STS API reference, AssumeRoleWithWebIdentity)."""


class Choice(NamedTuple):
    """What to ask STS for, or the roles that there are to choose from."""

    operation: str
    parameters: Mapping[str, str]
    roles: tuple[str, ...] = ()
    provider: str | None = None
    """The ARN of the SAML provider."""


def saml_choice(response: str, role: str | None) -> Choice:
    """Which role a response is to be used for: the one that is named, or the only one that it offers."""
    pairs = _offered(response)
    wanted = [pair for pair in pairs if role in (None, pair.role)]
    if len(wanted) != 1:
        return Choice("AssumeRoleWithSAML", {}, tuple(dict.fromkeys(pair.role for pair in pairs)))
    parameters = {"RoleArn": wanted[0].role, "PrincipalArn": wanted[0].provider, "SAMLAssertion": response}
    return Choice("AssumeRoleWithSAML", parameters, provider=wanted[0].provider)


def token_choice(token: str, role: str | None, session_name: str | None) -> Choice:
    """The role that is named, for the session that is named, or after the token's subject."""
    parameters = {
        "RoleArn": role or "",
        "WebIdentityToken": token,
        "RoleSessionName": session_name or _session_name(token),
    }
    return Choice("AssumeRoleWithWebIdentity", parameters)


def assumed(pipeline: Pipeline, request: HttpRequest, choice: Choice) -> SessionCredentials | None:
    """The credentials that STS gives whoever brings the response or token; None where it refuses. Recorded as any such call."""
    form = {"Action": choice.operation, "Version": _VERSION, **choice.parameters}
    kept = [(name, request.header(name, "") or "") for name in _KEPT_HEADERS]
    asked = HttpRequest(
        "POST",
        "/",
        headers=[*kept, ("content-type", "application/x-www-form-urlencoded")],
        body=urlencode(form).encode(),
        source_address=request.source_address,
        scheme=request.scheme,
        tls_version=request.tls_version,
        tls_cipher=request.tls_cipher,
    )
    outcome = pipeline.begin(asked)
    answer = pipeline.carry_out(outcome) if isinstance(outcome, Flight) else outcome
    if answer.status >= 500:
        raise ApiError("ServiceUnavailable", "Signing in is not possible now. Try again.", status=503)
    return _credentials(answer.body.decode()) if answer.status == 200 else None


def _offered(response: str) -> tuple[RolePair, ...]:
    try:
        return offered_roles(response)
    except IdentityRefused:
        return ()


def _session_name(token: str) -> str:
    try:
        claims = read_token(token).claims
    except IdentityRefused:
        claims = {}
    said = next((one for one in (claims.get("email"), claims.get("sub")) if isinstance(one, str)), "")
    return _UNFIT.sub("-", said)[:_LONGEST_NAME].ljust(_SHORTEST_NAME, "-")


def _credentials(answer: str) -> SessionCredentials:
    """The credentials in an answer of our own STS, whose values need no unescaping."""

    def value(name: str) -> str:
        return answer.partition(f"<{name}>")[2].partition(f"</{name}>")[0]

    return SessionCredentials(value("AccessKeyId"), value("SecretAccessKey"), value("SessionToken"))
