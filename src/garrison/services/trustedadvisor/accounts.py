"""The accounts that the server advises on: its own, and those of AWS's that the settings say how to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.services.organizations.members import accounts_here
from garrison.services.trustedadvisor.catalog import catalog

if TYPE_CHECKING:
    from garrison.services.call import Parts


def advised_accounts(parts: Parts) -> list[str]:
    """The accounts that checks are refreshed of."""
    here = accounts_here(parts)
    return [*here, *(account for account in parts.settings.collected_accounts if account not in here)]


def teller_of(parts: Parts, account: str) -> str:
    """The account whose preferences say who hears of an account, and in whose journal it is recorded."""
    return account if account in accounts_here(parts) else parts.settings.account_id


def checks_for(parts: Parts, account: str) -> list[str]:
    """The checks that can say anything of an account; what Garrison advises on itself is none of an account of AWS's."""
    is_here = teller_of(parts, account) == account
    return [check.id for check in catalog().values() if is_here or not check.is_of_garrison]
