"""Make boto3 clients of one account's endpoint that nothing in the tester's environment can turn elsewhere."""

from __future__ import annotations

import os
from functools import cache
from typing import Any, NamedTuple

from garrison.clock import Clock
from garrison.models import MODELS


class Credentials(NamedTuple):
    """An access key, with the token of a session where it belongs to one. Its secrets do not show."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def __repr__(self) -> str:
        return f"Credentials({self.access_key_id})"

    def environment(self) -> dict[str, str]:
        """The variables by which a process that uses an AWS SDK or the AWS CLI acts with these credentials."""
        found = {"AWS_ACCESS_KEY_ID": self.access_key_id, "AWS_SECRET_ACCESS_KEY": self.secret_access_key}
        return found | ({"AWS_SESSION_TOKEN": self.session_token} if self.session_token else {})


def make_client(
    service: str, endpoint: str, region: str, clock: Clock, credentials: Credentials | None, **options: Any
) -> Any:
    """A boto3 client that makes each call once; without credentials its calls are anonymous."""
    import botocore
    from botocore.config import Config

    from garrison.runtime.signing import sign_by

    config = Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        connect_timeout=10,
        read_timeout=30,
        signature_version=botocore.UNSIGNED if credentials is None else None,
    )
    options["config"] = config.merge(options["config"]) if options.get("config") else config
    if credentials is not None:
        options |= {
            "aws_access_key_id": credentials.access_key_id,
            "aws_secret_access_key": credentials.secret_access_key,
            "aws_session_token": credentials.session_token,
        }
    client = _session(options.get("api_version")).client(
        service, **{"region_name": region, "endpoint_url": endpoint, **options}
    )
    if credentials is not None:
        sign_by(client, clock)
    return client


@cache
def _session(_version: str | None) -> Any:
    """One session for all clients of a version: reading service models is what takes time, and botocore keeps one set of exceptions for
    each service of a session, whatever the version.
    """
    import boto3
    import botocore.session

    nowhere = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
    }
    session = botocore.session.Session(session_vars=nowhere)
    session.get_component("data_loader").search_paths.append(str(MODELS))
    return boto3.session.Session(botocore_session=session)
