"""What checks have advised: how it stands with each resource, what each run found fixed or back, and what people decided about it.

    kept = open_advice(home, sync=True)
    with kept.writing() as db:
        run = recording.begin(db, account, "asked", at=now)
        recording.record(db, account, run, recording.prepared(result), at=now)
        recording.finish(db, run, at=now)
    with kept.reading() as db:
        listing.resources(db, account, check_id, limit=100)

All of it is in one SQLite file of the home, written in short batches, a check at a time: a refresh that is killed half-way leaves what
was advised before as it was.
"""

from __future__ import annotations

from garrison.advised.file import FILE, Advice, open_advice
from garrison.advised.kept import Change, Kept, Refresh, Run, Standing

__all__ = ["FILE", "Advice", "Change", "Kept", "Refresh", "Run", "Standing", "open_advice"]
