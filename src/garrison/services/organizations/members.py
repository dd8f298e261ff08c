"""Every account that is kept here."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from garrison.services.organizations.resources import MemberAccount
from garrison.store import GLOBAL_REGION

if TYPE_CHECKING:
    from garrison.services.call import Parts
    from garrison.store import Store, Unit

_kept: WeakKeyDictionary[Store, tuple[int, list[str]]] = WeakKeyDictionary()
"""By store, at which policy generation of its own account: an account that comes or goes raises it. Tasks ask several times a second."""


def accounts_here(parts: Parts) -> list[str]:
    """The ids of the accounts that this server keeps: its own first, then those of its organization."""
    own = parts.settings.account_id
    kept = _kept.get(parts.store)
    if kept is not None and kept[0] == parts.store.policy_generation(own):
        return list(kept[1])
    with parts.store.reading(own, GLOBAL_REGION) as unit:
        generation = unit.policy_generation()
        found = accounts_in(unit, own)
    _kept[parts.store] = generation, found
    return list(found)


def accounts_in(unit: Unit, own: str) -> list[str]:
    """Those accounts as a unit of any of them sees them; `own` is the server's own."""
    members = [member.account_id for member in unit.page(MemberAccount, account=own)]
    return [own, *(account for account in members if account != own)]
