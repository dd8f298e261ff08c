"""What every act of the demo works with: who calls, what was made, what is to be told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from garrison.cli.demo.calls import Caller, Endpoint, Key
from garrison.cli.demo.made import Made, Undo


@dataclass(slots=True)
class Stage:
    """One account that is being filled."""

    home: Path
    account: str
    endpoint: Endpoint
    administrator: Caller
    made: Made
    random: Random
    """Seeded: the same demo is the same wherever nothing secret is chosen."""
    say: Callable[[str], None]
    """Is told what is being done now."""
    people: dict[str, Caller] = field(default_factory=dict)
    """Who has an access key, by name."""
    sign_in: list[dict[str, str]] = field(default_factory=list)
    """Who may sign in: `user`, `password`, maybe `mfa_seed` (Base32), shown once at the end."""
    notes: dict[str, str] = field(default_factory=dict)
    """What later acts and the end need to know of earlier ones: ARNs and ids by name."""

    @property
    def region(self) -> str:
        """The account's home region."""
        return self.endpoint.region

    def arn(self, service: str, resource: str) -> str:
        """The ARN of something of this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """A call of the administrator."""
        return self.administrator.call(service, operation, **parameters)

    def make(
        self, kind: str, name: str, call: tuple[str, str], parameters: dict[str, Any], *undo: Undo
    ) -> dict[str, Any]:
        """Make something whose name is known before, and note how it is taken away."""
        self.made.add(kind, name, *undo)
        return self.administrator.call(*call, **parameters)

    def sign_as(self, name: str, key: Key, agent: str = "") -> Caller:
        """Have somebody call with this key from now on."""
        caller = Caller(self.endpoint, key, agent)
        self.people[name] = caller
        return caller


def document(*statements: dict[str, Any]) -> str:
    """A policy of these statements, which allow unless they say otherwise."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | each for each in statements]})


def trust(*, service: str = "", arns: Iterable[str] = (), **condition: Any) -> str:
    """The trust policy of a role."""
    principal = {"Service": service} if service else {"AWS": list(arns)}
    statement = {"Principal": principal, "Action": "sts:AssumeRole"}
    return document(statement | ({"Condition": condition} if condition else {}))
