"""Clients that keep calling whatever happens to the server, and remember what they were answered."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

from .server import RunningServer


@dataclass
class Ledger:
    """What one client was answered."""

    requests: list[str] = field(default_factory=list)
    """The ids of all calls that were answered, errors too; not those that the server said it could not do."""
    created: set[str] = field(default_factory=set)
    tagged: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    """Users that a change without an answer was about."""
    unexpected: list[str] = field(default_factory=list)
    unavailable: int = 0
    lost: int = 0


class Load:
    """Several clients in threads, each with users of its own."""

    def __init__(self, server: RunningServer, clients: int = 4) -> None:
        self._server = server
        self._stop = threading.Event()
        self.ledgers = [Ledger() for _ in range(clients)]
        self._threads = [
            threading.Thread(target=self._run, args=(number, ledger), daemon=True)
            for number, ledger in enumerate(self.ledgers)
        ]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    @property
    def answered(self) -> list[str]:
        """The ids of all answered requests."""
        return [request for ledger in self.ledgers for request in ledger.requests]

    def _run(self, client: int, ledger: Ledger) -> None:
        iam = self._server.client("iam")
        for number in itertools.count():
            if self._stop.is_set():
                return
            name = f"load-{client}-{number}"
            if _ask(ledger, name, iam.create_user, UserName=name):
                ledger.created.add(name)
            _ask(ledger, None, iam.list_users, MaxItems=3)
            if _ask(ledger, name, iam.tag_user, UserName=name, Tags=[{"Key": "n", "Value": str(number)}]):
                ledger.tagged[name] = str(number)
            _ask(ledger, None, iam.get_user, UserName=name)
            if number % 3 == 0 and _ask(ledger, name, iam.delete_user, UserName=name):
                ledger.deleted.add(name)

    def check_state(self) -> None:
        """Every acknowledged change is in the state, and nothing that was acknowledged as gone is there."""
        iam = self._server.client("iam")
        pages = iam.get_paginator("get_account_authorization_details").paginate(Filter=["User"])
        users: dict[str, Any] = {user["UserName"]: user for page in pages for user in page["UserDetailList"]}
        for ledger in self.ledgers:
            assert ledger.unexpected == []
            assert not ledger.deleted & set(users)
            kept = ledger.created - ledger.deleted - ledger.doubtful
            assert kept <= set(users), kept - set(users)
            for name in kept & set(ledger.tagged):
                assert users[name]["Tags"] == [{"Key": "n", "Value": ledger.tagged[name]}]


def _ask(ledger: Ledger, about: str | None, operation: Any, **parameters: Any) -> bool:
    """Make a call and enter it; whether it was acknowledged."""
    try:
        answer = operation(**parameters)
    except (HTTPClientError, BotoConnectionError, EndpointConnectionError):
        ledger.lost += 1
        time.sleep(0.005)  # refused connections come back fast, and there is a server to be started
        if about is not None:
            ledger.doubtful.add(about)
        return False
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ServiceUnavailable":
            ledger.unavailable += 1
            if about is not None:
                ledger.doubtful.add(about)
            return False
        if code not in ("NoSuchEntity", "EntityAlreadyExists"):
            ledger.unexpected.append(str(error))
        ledger.requests.append(error.response["ResponseMetadata"]["RequestId"])
        return False
    ledger.requests.append(answer["ResponseMetadata"]["RequestId"])
    return True
