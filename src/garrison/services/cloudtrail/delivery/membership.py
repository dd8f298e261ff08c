"""Which accounts belonged to an organization at a time, read from what Organizations keeps of each.

An organization trail delivers an event if its account was a member when it happened, however late the delivery is.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from garrison.services.organizations.resources import MemberAccount

if TYPE_CHECKING:
    from garrison.store import Store, Version


class Membership:
    """The members of the organization that an account manages; each account's history is read once."""

    def __init__(self, store: Store, management: str, region: str) -> None:
        self._store = store
        self._management = management
        self._region = region
        self._histories: dict[str, list[Version[MemberAccount]]] = {}

    def held(self, organization_id: str, account: str, at: datetime) -> bool:
        """Whether an account was a member of the organization at a time."""
        for version in self._history(account):  # the newest first
            if version.captured_at <= at:
                return version.resource is not None and version.resource.organization_id == organization_id
        return False

    def _history(self, account: str) -> list[Version[MemberAccount]]:
        if account not in self._histories:
            with self._store.reading(self._management, self._region) as unit:
                self._histories[account] = unit.history(MemberAccount, account)
        return self._histories[account]
