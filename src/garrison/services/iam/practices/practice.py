"""How a practice is declared, what it may look at, and how the report is put together."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from garrison.services.iam.credentials import ROOT
from garrison.services.iam.login_profiles import LoginProfile, password_last_used
from garrison.services.iam.mfa_devices import VirtualMfaDevice
from garrison.services.iam.policy_usage import every
from garrison.services.iam.resources import AccessKey, Account, Role, User

if TYPE_CHECKING:
    from garrison.store import Unit

MOST_EVIDENCE = 20
"""How many pieces of evidence an item shows."""


class Verdict(NamedTuple):
    """What speaks against a practice's being followed, and the command that puts the first of it right."""

    evidence: tuple[str, ...] = ()
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One practice as it is followed in the account."""

    check: str
    title: str
    source: str
    is_followed: bool
    evidence: tuple[str, ...]
    """What speaks against it, the most telling first; beyond `MOST_EVIDENCE` only their number."""
    fix: str
    """The command that puts it right; empty where it is followed."""
    pci: tuple[str, ...]
    """Requirements of PCI DSS v4 that it is evidence for."""

    def as_dict(self) -> dict[str, Any]:
        """The item as JSON shows it."""
        return {
            "check": self.check,
            "title": self.title,
            "state": "ok" if self.is_followed else "attention",
            "evidence": list(self.evidence),
            "fix": self.fix,
            "source": self.source,
            "pci": list(self.pci),
        }


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of PCI DSS with the practices that are evidence for it."""

    number: str
    title: str
    items: tuple[Item, ...]

    @property
    def is_met(self) -> bool:
        """Whether all of its practices are followed."""
        return all(item.is_followed for item in self.items)


class View:
    """What the checks may look at: the account at one moment, and what was recorded of it."""

    def __init__(self, unit: Unit, recent: Any, at: datetime) -> None:
        self.unit = unit
        self.recent = recent
        self.at = at

    @cached_property
    def account(self) -> Account | None:
        """The account's settings."""
        return self.unit.get(Account, self.unit.account)

    @cached_property
    def users(self) -> list[User]:
        """All users, by name."""
        return list(every(self.unit, User))

    @cached_property
    def roles(self) -> list[Role]:
        """All roles that people made, by name."""
        return [role for role in every(self.unit, Role) if role.service_linked_to is None]

    @cached_property
    def _keys(self) -> dict[str, list[AccessKey]]:
        found: dict[str, list[AccessKey]] = {}
        for key in self.unit.page(AccessKey):
            found.setdefault(key.user, []).append(key)
        return found

    @cached_property
    def _profiles(self) -> dict[str, LoginProfile]:
        return {profile.holder: profile for profile in self.unit.page(LoginProfile)}

    @cached_property
    def _protected(self) -> set[str]:
        return {device.holder for device in self.unit.page(VirtualMfaDevice)}

    def keys(self, user: User | None) -> list[AccessKey]:
        """The active access keys of a user, or of root."""
        return [key for key in self._keys.get(ROOT if user is None else user.folded, []) if key.is_active]

    def profile(self, user: User | None) -> LoginProfile | None:
        """The password of a user, or of root."""
        return self._profiles.get(self._holder(user))

    def has_mfa(self, user: User | None) -> bool:
        """Whether a user, or root, has an MFA device."""
        return self._holder(user) in self._protected

    def password_used_at(self, user: User | None) -> datetime | None:
        """When a user, or root, last signed in."""
        return password_last_used(self.unit, self._holder(user))

    def key_used_at(self, key: AccessKey) -> datetime | None:
        """When a key last signed a call."""
        used = self.recent.last_used(key.access_key_id)
        return used.at if used is not None else None

    def days_since(self, at: datetime) -> int:
        """Whole days from a time until now."""
        return (self.at - at).days

    def _holder(self, user: User | None) -> str:
        return self.unit.account if user is None else user.unique_id


Check = Callable[[View], Verdict]


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


REQUIREMENTS: dict[str, str] = _table("requirements.toml")
"""Titles of PCI DSS's requirements by number."""
_PRACTICES = _table("practices.toml")
_CHECKS: dict[str, Check] = {}


def practice(name: str) -> Callable[[Check], Check]:
    """Register a function as the check of a practice of `practices.toml`."""
    if name not in _PRACTICES:
        raise KeyError(name)

    def register(check: Check) -> Check:
        _CHECKS[name] = check
        return check

    return register


def look_at(name: str, view: View) -> Item:
    """One practice of the account."""
    facts, verdict = _PRACTICES[name], _CHECKS[name](view)
    shown, more = verdict.evidence[:MOST_EVIDENCE], len(verdict.evidence) - MOST_EVIDENCE
    return Item(
        check=name,
        title=facts["title"],
        source=facts["source"],
        is_followed=not verdict.evidence,
        evidence=(*shown, f"… and {more} more") if more > 0 else shown,
        fix=verdict.fix,
        pci=tuple(facts["pci"]),
    )


def report(view: View) -> list[Item]:
    """All practices: those that are not followed first, in the order of `practices.toml`."""
    items = [look_at(name, view) for name in _PRACTICES]
    return sorted(items, key=lambda item: item.is_followed)


def by_requirement(items: Iterable[Item]) -> list[Requirement]:
    """The same by requirement of PCI DSS, in the order of their numbers."""
    found = list(items)
    return [
        Requirement(number, title, tuple(item for item in found if number in item.pci))
        for number, title in REQUIREMENTS.items()
    ]
