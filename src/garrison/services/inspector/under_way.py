"""Which runs are under way: entries of operational state, kept with the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.store import GLOBAL_REGION

if TYPE_CHECKING:
    from garrison.services.call import Parts
    from garrison.store import Unit

_NAMESPACE = "inspector-runs"


def begin(unit: Unit, arn: str) -> None:
    """Say, with the run's beginning, that it is under way."""
    unit.state_put(_NAMESPACE, arn, b"")


def arns_under_way(unit: Unit) -> list[str]:
    """The account's runs that are under way, in all regions."""
    return [entry.key for entry in unit.state_page(_NAMESPACE)]


def under_way(parts: Parts, account: str) -> list[str]:
    """The same, for background work."""
    with parts.store.reading(account, GLOBAL_REGION) as unit:
        return arns_under_way(unit)


def end(parts: Parts, account: str, arn: str) -> None:
    """Nothing more is to be done for a run."""
    with parts.store.writing(account, GLOBAL_REGION) as unit:
        unit.state_remove(_NAMESPACE, arn)
