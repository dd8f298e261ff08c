"""How values are written in the columns of a check: money, shares, sizes, names, as AWS writes them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from garrison.items import Item
from garrison.rules.advice.result import Status

_COLOURS = {Status.OK: "Green", Status.WARNING: "Yellow", Status.ERROR: "Red"}
GIGABYTE = 1024**3
CENT = Decimal("0.01")


def money(amount: Decimal | None) -> str | None:
    """US dollars, as `$12.30`; None where they are not known."""
    return None if amount is None else f"${amount.quantize(CENT, ROUND_HALF_UP):,}"


def percent(value: float) -> str:
    """A share that is given in percent already, as `3.5%`."""
    return f"{value:.1f}%"


def megabytes(count: float) -> str:
    """A number of bytes, as `0.06MB`."""
    return f"{count / 1_000_000:.2f}MB"


def gigabytes(count: float) -> str:
    """A number of bytes, in gigabytes as S3 counts them."""
    return f"{count / GIGABYTE:.2f}"


def plain(value: float | None) -> str | None:
    """A number without a fraction that says nothing."""
    return None if value is None else f"{value:g}"


def days(count: int) -> str:
    """A number of days."""
    return f"{count} days"


def named(item: Item) -> str | None:
    """What people call a resource: its tag `Name`."""
    return item.tags.get("Name")


def zone(item: Item) -> str:
    """The availability zone, or the region where there is none."""
    return item.availability_zone or item.region


def yes(holds: bool) -> str:
    """Yes or no."""
    return "Yes" if holds else "No"


def colour(status: Status) -> str:
    """What AWS writes into a column `Status`."""
    return _COLOURS[status]
