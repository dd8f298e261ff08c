"""What rules have said of resources: verdicts as they stand and as they changed, and what rules have still to do.

    kept = open_verdicts(home, sync=True)
    with kept.writing() as db:
        recording.record(db, Rule("123456789012", "eu-west-1", "config-rule-abc"), judged, at=now)
    with kept.reading() as db:
        looking.of_rule(db, rule, limit=100)

All of it is in one SQLite file of the home, written by every process, durable before an answer leaves.
"""

from __future__ import annotations

from garrison.verdicts.file import FILE, Verdicts, open_verdicts
from garrison.verdicts.kept import Change, Judged, Kept, Rule, State

__all__ = ["FILE", "Change", "Judged", "Kept", "Rule", "State", "Verdicts", "open_verdicts"]
