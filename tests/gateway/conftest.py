"""A running server's front door: real clients, and bytes by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account

from .raw import Door


@pytest.fixture(scope="session")
def account(garrison_session: Account) -> Account:
    """An account that the tests of a run share: each uses names of its own."""
    return garrison_session


@pytest.fixture
def door(account: Account) -> Door:
    """The shared account's endpoint as a socket."""
    return Door(account)


@pytest.fixture
def refused() -> Callable[..., tuple[str, str, int]]:
    """Makes a call that must be refused and gives the error's code, message and HTTP status."""

    def call(operation: Callable[..., Any], **parameters: Any) -> tuple[str, str, int]:
        with pytest.raises(ClientError) as caught:
            operation(**parameters)
        response = caught.value.response
        return response["Error"]["Code"], response["Error"]["Message"], response["ResponseMetadata"]["HTTPStatusCode"]

    return call
