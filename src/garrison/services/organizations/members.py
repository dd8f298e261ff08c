"""Every account that is kept here, for background work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.services.organizations.resources import MemberAccount
from garrison.store import GLOBAL_REGION

if TYPE_CHECKING:
    from garrison.services.call import Parts


def accounts_here(parts: Parts) -> list[str]:
    """The ids of the accounts that this server keeps: its own first, then those of its organization."""
    own = parts.settings.account_id
    with parts.store.reading(own, GLOBAL_REGION) as unit:
        members = [member.account_id for member in unit.page(MemberAccount)]
    return [own, *(account for account in members if account != own)]
