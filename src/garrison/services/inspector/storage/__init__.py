"""Where findings lie, with agents, exclusions, reports and what is to be told: one SQLite file, made for a million findings.

kept = open_assessments(home, sync=True)
with kept.writing() as db:
    findings.replace(db, run, "i-0abc", made, at=now)
with kept.reading() as db:
    listing.listed(db, place, Wanted(severities=("High",)), after=0, limit=100)
"""

from garrison.services.inspector.storage.file import FILE, Assessments, open_assessments

__all__ = ["FILE", "Assessments", "open_assessments"]
