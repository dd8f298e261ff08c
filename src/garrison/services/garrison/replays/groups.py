"""Put what a replay finds together: the same change to the same caller and action is one group, with its first and last events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

SAMPLES = 10
"""How many events a group names."""
MOST_GROUPS = 20_000
"""Groups beyond which further ones are only counted."""

Key = tuple[str, ...]


class Groups:
    """Groups of findings, by what their members have in common."""

    def __init__(self, members: tuple[str, ...]) -> None:
        self._members = members
        self._groups: dict[Key, dict[str, Any]] = {}
        self.totals: Counter[str] = Counter()
        self.ungrouped = 0

    def add(self, effect: str, key: Key, event_id: str, at: str, *, missing: Iterable[str] = (), **more: Any) -> None:
        """One finding: its effect, what groups it, and the event that it is about."""
        self.totals[effect] += 1
        group = self._groups.get((effect, *key))
        if group is None:
            if len(self._groups) >= MOST_GROUPS:
                self.ungrouped += 1
                return
            group = self._groups[effect, *key] = {
                "Effect": effect,
                **dict(zip(self._members, key, strict=True)),
                "Count": 0,
                "FirstEventTime": at,
                "LastEventTime": at,
                "EventIds": [],
                "MissingKeys": [],
                **more,
            }
        group["Count"] += 1
        group["FirstEventTime"] = min(group["FirstEventTime"], at)
        group["LastEventTime"] = max(group["LastEventTime"], at)
        if group["Count"] <= SAMPLES:
            group["EventIds"].append(event_id)
        if missing and not set(missing).issubset(group["MissingKeys"]):
            group["MissingKeys"] = sorted({*group["MissingKeys"], *missing})

    def shown(self) -> list[dict[str, Any]]:
        """The groups, the largest first."""
        return sorted(self._groups.values(), key=lambda group: -group["Count"])
