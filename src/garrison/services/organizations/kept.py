"""Which accounts this installation keeps: the first one, and the members of its organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.services.organizations.resources import MemberAccount

if TYPE_CHECKING:
    from garrison.services.call import Parts


def accounts_here(parts: Parts) -> list[str]:
    """Their ids, the first account's before the others'."""
    first = parts.settings.account_id
    with parts.store.reading(first, "global") as unit:
        members = [member.account_id for member in unit.page(MemberAccount)]
    return [first, *(account for account in members if account != first)]
