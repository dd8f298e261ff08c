"""Calls through the endpoint, each signed with somebody's own key: what the demo does is recorded as anybody's doing is."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.errors import ApiError, OperatorError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from garrison.clock import Clock


class Key(NamedTuple):
    """An access key, with the token of a session where it belongs to one. Its secrets do not show."""

    access_key_id: str
    secret: str
    token: str | None = None

    def __repr__(self) -> str:
        return f"Key({self.access_key_id})"


class Endpoint(NamedTuple):
    """Where an account is called."""

    url: str
    region: str
    clock: Clock
    """What requests are signed by: a throw-away account's clock may be set."""
    ca_bundle: str | None = None


class Refusal(NamedTuple):
    """How a call was refused."""

    code: str
    message: str
    request_id: str


class Caller:
    """Somebody who calls the account."""

    def __init__(self, endpoint: Endpoint, key: Key, agent: str = "") -> None:
        self._endpoint = endpoint
        self.key = key
        self._agent = agent
        """What it calls itself in events; empty for botocore's own name."""
        self._clients: dict[str, Any] = {}

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """Make one call and give its answer; raises `ApiError` where it is refused."""
        from botocore import xform_name
        from botocore.exceptions import BotoCoreError, ClientError

        client = self._client(service)
        try:
            answer: dict[str, Any] = getattr(client, xform_name(operation))(**parameters)
        except ClientError as error:
            raise _api_error(error) from None
        except BotoCoreError as error:
            raise OperatorError(f"{service}:{operation} did not get through: {error}", "Is the server up?") from None
        return answer

    def refused(self, service: str, operation: str, /, **parameters: Any) -> Refusal | None:
        """Try a call, and tell how it was refused; None where it was not."""
        try:
            self.call(service, operation, **parameters)
        except ApiError as error:
            return Refusal(error.code, error.message, error.members.get("RequestId", ""))
        return None

    def pages(self, service: str, operation: str, member: str, /, **parameters: Any) -> list[Any]:
        """Everything of one member of an answer that comes in pages."""
        from botocore import xform_name
        from botocore.exceptions import ClientError

        client, name = self._client(service), xform_name(operation)
        if not client.can_paginate(name):
            return list(self.call(service, operation, **parameters).get(member) or ())
        try:
            return [
                each for page in client.get_paginator(name).paginate(**parameters) for each in page.get(member) or ()
            ]
        except ClientError as error:
            raise _api_error(error) from None

    def _client(self, service: str) -> Any:
        from botocore.config import Config

        from garrison.runtime.signing import sign_by

        if service not in self._clients:
            where = self._endpoint
            client = _session().create_client(
                service,
                region_name=where.region,
                endpoint_url=where.url,
                verify=where.ca_bundle,
                aws_access_key_id=self.key.access_key_id,
                aws_secret_access_key=self.key.secret,
                aws_session_token=self.key.token,
                config=Config(read_timeout=60, user_agent=self._agent or None),
            )
            sign_by(client, where.clock)
            self._clients[service] = client
        return self._clients[service]


def _api_error(error: ClientError) -> ApiError:
    said: dict[str, Any] = dict(error.response.get("Error", {}))
    told = {"RequestId": error.response.get("ResponseMetadata", {}).get("RequestId", "")}
    return ApiError(said.get("Code", "Unknown"), said.get("Message", str(error)), members=told)


@cache
def _session() -> Any:
    """One session for everybody, whose settings come from nowhere: reading service models is what takes time."""
    from botocore.session import Session

    from garrison.models import MODELS

    nowhere = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    session: Any = Session(session_vars=nowhere)
    session.get_component("data_loader").search_paths.append(str(MODELS))
    return session
