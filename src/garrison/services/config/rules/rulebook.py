"""The rules that are to be applied, by account and region, as the background process holds them in memory.

The file of verdicts says when the rules of a place have changed; every minute all are read again, in case a process died between a
change and its telling. A rule that is new or another than before is asked to judge everything; what one that is gone has said goes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from garrison.services.config.rules.active import Active, activated
from garrison.services.config.rules.resources import ConfigRule
from garrison.verdicts import Rule, Verdicts, recording, work

if TYPE_CHECKING:
    import sqlite3

    from garrison.services.background import Workplace

_READ_AGAIN_SECONDS = 60.0


@dataclass(slots=True)
class Rulebook:
    """The rules of all places."""

    rules: dict[Rule, Active] = field(default_factory=dict)
    due: dict[Rule, datetime] = field(default_factory=dict)
    """When those that judge again of themselves do so."""
    turns: dict[tuple[str, str], int] = field(default_factory=dict)
    read_at: float = float("-inf")

    def refresh(self, place: Workplace, kept: Verdicts) -> None:
        """Read again the rules of the places where something changed, or of all."""
        is_time = time.monotonic() - self.read_at >= _READ_AGAIN_SECONDS
        with kept.reading() as db:
            places = work.places(db)
        for where, turn in places.items():
            if is_time or self.turns.get(where) != turn:
                self._read(place, kept, *where)
                self.turns[where] = turn
        if is_time:
            self.read_at = time.monotonic()

    def _read(self, place: Workplace, kept: Verdicts, account: str, region: str) -> None:
        programs = place.parts.settings.custom_rules
        with place.parts.store.reading(account, region) as unit:
            found = {rule.key: activated(rule, programs) for rule in unit.page(ConfigRule)}
        now = place.clock.now()
        with kept.reading() as db:
            known = [Rule(account, region, rule_id) for rule_id in work.rules_known(db, account, region)]
        gone = [key for key in known if key not in found]
        new = [active for key, active in found.items() if self._differs(key, active)]
        if gone or new:
            with kept.writing() as db:
                for key in gone:
                    recording.forget_rule(db, key, at=now)
                for active in new:
                    self._begin(db, active, now)
        for key in [key for key in self.rules if key[:2] == (account, region)]:
            del self.rules[key]
            if key not in found:
                self.due.pop(key, None)
        self.rules |= found

    def _differs(self, key: Rule, active: Active) -> bool:
        held = self.rules.get(key)
        return held is None or held.rule.put_at != active.rule.put_at

    def _begin(self, db: sqlite3.Connection, active: Active, now: datetime) -> None:
        """Apply a rule that this process did not know: where nobody ever applied it so, it judges everything."""
        state = work.state_of(db, active.key)
        if state.seen_at != active.rule.put_at:
            state = replace(
                state,
                name=active.rule.name,
                seen_at=active.rule.put_at,
                activated_at=state.activated_at or now,
                due_at=now + active.period if active.period is not None else None,
                error_code=active.error[0] if active.error else None,
                error_message=active.error[1] if active.error else None,
            )
            work.put_state(db, active.key, state)
            if active.judges:
                work.ask(db, active.key)
        self.due.pop(active.key, None)
        if state.due_at is not None:
            self.due[active.key] = state.due_at

    def ask_due(self, kept: Verdicts, now: datetime) -> None:
        """Ask those to judge whose time has come."""
        for key, due_at in list(self.due.items()):
            active = self.rules.get(key)
            if active is None or active.period is None:
                del self.due[key]
            elif due_at <= now:
                self.due[key] = now + active.period
                with kept.writing() as db:
                    work.put_state(db, key, replace(work.state_of(db, key), due_at=now + active.period))
                    work.ask(db, key)


@lru_cache(maxsize=4)
def rulebook_of(_home: Path) -> Rulebook:
    """The rulebook of a home in this process."""
    return Rulebook()
