"""CloudTrail Lake: event data stores, each a view of the one table of events, and queries over them."""

from __future__ import annotations

from garrison.services.cloudtrail.stores import (  # noqa: F401  (each declares operations or tasks)
    queries,
    query_answers,
    rounds,
    states,
    stores,
)
