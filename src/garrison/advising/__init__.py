"""Have accounts looked at by Trusted Advisor's checks: items from a collection, metrics from CloudWatch, prices from a table.

checks = advice.checks().values()
for inventory in inventories(checks, results, at=clock.now()):
    inputs = inputs_of(checks, inventory, load_prices(home), pages)
    results = list(advise_all(checks, inputs))
"""

from __future__ import annotations

from garrison.advising.gathering import inputs_of, inventories, inventories_of_items, wanted_of
from garrison.advising.measuring import MetricCache, Pages, measure
from garrison.advising.prices import load_prices

__all__ = [
    "MetricCache",
    "Pages",
    "inputs_of",
    "inventories",
    "inventories_of_items",
    "load_prices",
    "measure",
    "wanted_of",
]
