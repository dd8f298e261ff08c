"""What things cost, on demand, in US dollars: looked up by kind, region and name; a missing price is unknown, never zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

HOURS_A_MONTH = 730
"""As AWS's own calculator counts."""


@dataclass(frozen=True, slots=True)
class Prices:
    """A price table."""

    at: date | None = None
    """When the prices were published."""
    source: str = ""
    """Where they are from."""
    table: Mapping[str, Mapping[str, Mapping[str, Decimal]]] = field(default_factory=dict, repr=False)
    """By kind (`instance-hour`, `volume-gb-month` …), region, and name (`m5.large`, `gp3` …)."""

    def unit(self, kind: str, region: str, name: str) -> Decimal | None:
        """US dollars for one unit of a kind; None where it is not known."""
        return self.table.get(kind, {}).get(region, {}).get(name)

    def monthly(self, kind: str, region: str, name: str) -> Decimal | None:
        """US dollars a month for something priced by the hour."""
        hourly = self.unit(kind, region, name)
        return None if hourly is None else hourly * HOURS_A_MONTH
