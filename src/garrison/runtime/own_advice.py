"""Garrison's own account as checks look at it, without a server and without credentials: what it keeps, how it is used, and its own state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from garrison.advising import inventories, wanted_of
from garrison.journal import Journal
from garrison.rules import Inventory
from garrison.rules.advice import Check, Inputs, needs, queries
from garrison.rules.registry import ACCOUNT
from garrison.rules.unseen import unseen_of
from garrison.runtime.own_account import collect_own, own_parts
from garrison.runtime.parts import open_parts
from garrison.services.background import Workplace
from garrison.services.trustedadvisor.inputs import measured, prices_of
from garrison.services.trustedadvisor.looking import NOT_KEPT
from garrison.services.trustedadvisor.own_state import PREFIX, OwnState

if TYPE_CHECKING:
    from garrison.settings import Settings


def own_checks(checks: Iterable[Check]) -> list[Check]:
    """Those of checks that Garrison keeps all of what they look at."""
    kept = own_parts()
    return [
        one
        for one in checks
        if all(kind.startswith(PREFIX) or (kind in kept and parts <= kept[kind]) for kind, parts in one.needs.items())
    ]


def own_inputs(settings: Settings, checks: Sequence[Check]) -> Inputs:
    """What checks may look at of the account of a home."""
    results = list(collect_own(settings, wanted_of(checks)))
    opened = open_parts(settings)
    try:
        place = Workplace(opened.parts, opened.clock, Journal(opened.home.journal), opened.home.path)
        account, now = settings.account_id, opened.clock.now()
        state = OwnState(place, account).items({kind for kind in needs(checks) if kind.startswith(PREFIX)})
        seen = list(inventories(checks, results, at=now))
        items = [item for one in seen for items in one.by_type.values() for item in items]
        unseen = {kind: why for one in seen for kind, why in one.unseen.items() if not kind.startswith(PREFIX)}
        _, places = unseen_of(account, [(ACCOUNT, settings.region, NOT_KEPT)], now)
        inventory = Inventory(account, [*items, *state, *places], at=now, unseen=unseen)
        asked = queries((metric for check in checks for metric in check.metrics), inventory)
        return Inputs(inventory, measured(place, account, asked, now), prices_of(opened.parts))
    finally:
        opened.close()
