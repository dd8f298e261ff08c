"""Tell of forwarded calls whose outcome nobody will hear any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from garrison.services.ec2.service import service
from garrison.services.forwarding.intents import tell_unknown_outcomes
from garrison.services.organizations.members import accounts_here

if TYPE_CHECKING:
    from garrison.services.background import Workplace


@service.task("unknown-outcomes", every=timedelta(seconds=2))
def tell_of_unknown_outcomes(place: Workplace) -> None:
    """Make events of intents that a crash left behind."""
    for account in accounts_here(place.parts):
        tell_unknown_outcomes(place.parts.store, account, place.clock.now())
