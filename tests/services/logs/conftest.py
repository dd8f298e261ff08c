"""Log groups and streams of their own for each test, in an account that the tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account

_numbers = count(1)


@contextmanager
def refusal(code: str) -> Iterator[None]:
    """Check that a call in the block is refused with this code."""
    with pytest.raises(ClientError) as caught:
        yield
    assert caught.value.response["Error"]["Code"] == code


class Log:
    """A log group with one stream, and the client that it is reached by."""

    def __init__(self, account: Account, name: str) -> None:
        self.account = account
        self.client: Any = account.client("logs")
        self.group = name
        self.stream = "main"
        self.client.create_log_group(logGroupName=name)
        self.client.create_log_stream(logGroupName=name, logStreamName=self.stream)

    @property
    def now(self) -> int:
        """The account's time in milliseconds."""
        return int(self.account.clock.now().timestamp() * 1000)

    def put(self, *messages: str, at: int | None = None, stream: str | None = None) -> dict[str, Any]:
        """Put messages, a millisecond apart, the first at this time."""
        first = at if at is not None else self.now
        events = [{"timestamp": first + number, "message": message} for number, message in enumerate(messages)]
        return self.client.put_log_events(  # type: ignore[no-any-return]
            logGroupName=self.group, logStreamName=stream or self.stream, logEvents=events
        )

    def get(self, **parameters: Any) -> dict[str, Any]:
        """GetLogEvents of the stream."""
        return self.client.get_log_events(  # type: ignore[no-any-return]
            **{"logGroupName": self.group, "logStreamName": self.stream, "startFromHead": True} | parameters
        )

    def messages(self, **parameters: Any) -> list[str]:
        """What GetLogEvents shows."""
        return [event["message"] for event in self.get(**parameters)["events"]]

    def found(self, pattern: str = "", **parameters: Any) -> list[str]:
        """What FilterLogEvents finds, in one page."""
        answer = self.client.filter_log_events(logGroupName=self.group, filterPattern=pattern, **parameters)
        return [event["message"] for event in answer["events"]]


@pytest.fixture
def log(garrison_module: Account) -> Log:
    """A fresh group with a stream."""
    return Log(garrison_module, f"/tests/{next(_numbers)}")
