"""The container endpoint: the role's credentials for whoever brings the authorization token.

AWS SDKs and Tools Reference Guide, "Container credential provider": `AWS_CONTAINER_CREDENTIALS_FULL_URI` with
`AWS_CONTAINER_AUTHORIZATION_TOKEN` or a file of it.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable

from garrison.credentials.documents import container_document
from garrison.credentials.endpoint import Refused, Unreachable
from garrison.credentials.metadata import Reply
from garrison.credentials.sessions import RoleSessions

CONTAINER_PATH = "/v1/credentials"
_JSON = "application/json"


class ContainerEndpoint:
    """Answers what SDKs ask of a container's credential endpoint."""

    def __init__(self, sessions: RoleSessions, token: str) -> None:
        self._sessions = sessions
        self._token = token

    def answer(self, method: str, header: Callable[[str], str | None]) -> Reply:
        """The reply to a request at `CONTAINER_PATH`."""
        if method != "GET":
            return Reply(405, headers=(("allow", "GET"),))
        given = header("authorization") or ""
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode()):
            return _problem(401, "AuthorizationTokenInvalid", "The Authorization header does not hold the token.")
        try:
            return Reply(200, container_document(self._sessions.current()), _JSON)
        except Refused as problem:
            return _problem(403, problem.code, problem.message)
        except Unreachable as problem:
            return _problem(503, "Unavailable", problem.cause)


def _problem(status: int, code: str, message: str) -> Reply:
    return Reply(status, json.dumps({"code": code, "message": message}), _JSON)
