"""What resources were, when, and what rules said of them: configuration items with their history and verdicts, in one SQLite file.

A collection is recorded; only what changed adds a version, so that each resource has as many versions as it had states:

```python
with closing(History(home / INVENTORY_FILE)) as history:
    for result in collect(Wanted(targets=[Target(profile="prod")])):
        for version in history.record(result.items, result.outcomes, at=started):
            version.number, version.item, version.before    # a change: `before` is None for what was discovered

    history.current(account, resource_type="AWS::S3::Bucket")  # as last seen
    history.as_of(account, a_week_ago)                         # as it was: what `diff`, Replay and rules look at
    history.unseen(account, a_week_ago)                        # types that were not, or not wholly, known then, with the reason
    history.versions(resource, latest_first=True)              # one resource's life
    history.changes(after=number)                              # the feed that a consumer follows by number

    history.verdicts.record("s3-versioning", judged, at=now)   # what a rule says of resources
    history.verdicts.current(rule="s3-versioning")             # compliance, since when
    history.verdicts.of_resource(resource)                     # one resource's compliance over time
```

Times are aware datetimes, kept in milliseconds. All methods may be called from several threads and processes at once.
"""

from garrison.inventory.file import INVENTORY_FILE
from garrison.inventory.history import History
from garrison.inventory.resources import Cause, Resource, Version
from garrison.inventory.verdicts import Judged, Judgement, Verdicts

__all__ = ["INVENTORY_FILE", "Cause", "History", "Judged", "Judgement", "Resource", "Verdicts", "Version"]
