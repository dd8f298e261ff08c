"""Test security automation against a real account: a pytest fixture that gives a fresh server to each test."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from garrison.testing.account import Account
    from garrison.testing.decided import Decided, Decision
    from garrison.testing.policies import allow, deny
    from garrison.testing.principals import Principal, Role

__all__ = ["Account", "Decided", "Decision", "Principal", "Role", "allow", "deny"]

_PLACES = {
    "Account": "account",
    "Decided": "decided",
    "Decision": "decided",
    "Principal": "principals",
    "Role": "principals",
    "allow": "policies",
    "deny": "policies",
}


def __getattr__(name: str) -> Any:
    # Every run of pytest imports this package for its plugin, also those that never ask for an account.
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
