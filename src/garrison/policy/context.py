"""What a request says about itself: context keys, their values, and how they are looked up.

Key names compare without case ("Condition operators … key names are not case-sensitive", tag keys included), so everything
here is kept in lower case. What the principal itself says (`aws:PrincipalArn`, `aws:PrincipalTag/…`) wins over the request's
own keys, so that no header or parameter can pretend to be it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

Scalar = str | bool | int | float | datetime | bytes
ContextValue = Scalar | Sequence[Scalar]


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """One action on one resource. A call that needs several asks once for each."""

    action: str
    """`iam:CreateUser`; compared without case."""
    resource: str = "*"
    """The ARN, or `*` where the action has no resource-level permissions."""
    resource_account: str | None = None
    """The account that owns the resource; None means the caller's own."""
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    unsupplied: frozenset[str] = frozenset()
    """Keys in lower case that AWS would give and whoever asks cannot; one that ends in `/` stands for all that begin so.
    Where `context` lacks them a Deny that asks for one applies, and an Allow does not."""


def text_of(value: Scalar) -> str:
    """A context value as policies write it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return str(value)


def lower_keys(context: Mapping[str, ContextValue]) -> dict[str, ContextValue]:
    """The same context under lower-case key names."""
    return {key.lower(): value for key, value in context.items()}


class Scope:
    """The context of one decision: the principal's own keys over the request's, made ready when first asked."""

    __slots__ = ("_asked", "_own", "_request", "was_asked")

    def __init__(self, own: Mapping[str, ContextValue], request: AuthorizationRequest) -> None:
        self._own = own
        self._request = request
        self._asked: dict[str, ContextValue] | None = None
        self.was_asked = False
        """Whether any value was looked at."""

    @property
    def is_whole(self) -> bool:
        """Whether every key that AWS would give is there."""
        return not self._request.unsupplied

    def lacks(self, key: str) -> bool:
        """Whether a key given in lower case would have a value that whoever asks does not know."""
        unsupplied = self._request.unsupplied
        return (key in unsupplied or f"{key.partition('/')[0]}/" in unsupplied) and self.get(key) is None

    def get(self, key: str) -> ContextValue | None:
        """The value of a key given in lower case; None where it is absent or an empty list."""
        self.was_asked = True
        value = self._own.get(key)
        if value is None:
            asked = self._asked
            if asked is None:
                asked = self._asked = lower_keys(self._request.context)
                owner = self._request.resource_account or self._own.get("aws:principalaccount")
                if owner is not None:
                    asked.setdefault("aws:resourceaccount", owner)
            value = asked.get(key)
        if value is None or (isinstance(value, (list, tuple)) and not value):
            return None
        return value
