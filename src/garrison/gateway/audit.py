"""Audit mode: for chosen principals IAM's decisions are made and recorded, and not enforced.

The operator chooses them in `garrison.toml` (`audit_principals`); no API call can. A principal in audit mode may do whatever its
account can, so it is for trying out policies on programs that run already. STS is always enforced: credentials of another
principal, who was not chosen, are never given on the strength of it; and so is what guards callers without an account.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from garrison.policy.glob import compile_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

    from garrison.services.identity import Principal

_KINDS = frozenset({"IAMUser", "AssumedRole", "FederatedUser"})
_ALWAYS_ENFORCED = "sts:"


class AuditMode:
    """Who is in audit mode: ARNs of users, roles and federated users, with `*` and `?` in them."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._matchers = tuple(map(compile_pattern, patterns))
        self._matches = lru_cache(maxsize=4096)(lambda arn: any(matches(arn) for matches in self._matchers))

    def covers(self, principal: Principal) -> bool:
        """Whether a caller's refusals are recorded only."""
        if not self._matchers or principal.kind not in _KINDS:
            return False
        return self._matches(principal.policy_arn)


def is_enforced(action: str) -> bool:
    """Whether an action is enforced also in audit mode."""
    return action.startswith(_ALWAYS_ENFORCED)
