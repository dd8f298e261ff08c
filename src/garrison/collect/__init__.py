"""Collect AWS accounts: Describe, List and Get calls become configuration items as AWS Config has them.

```python
wanted = Wanted(targets=[Target(profile="prod")], regions=["eu-west-1"], types=["AWS::S3::*"])
for result in collect(wanted):
    result.items, result.outcomes
```
"""

from garrison.collect.again import Again, collect_again
from garrison.collect.catalog import chosen, types
from garrison.collect.planning import ASSUMED_RESOURCES, PlannedCall, plan
from garrison.collect.results import Outcome, Progress, Result, Seen
from garrison.collect.running import ALL_REGIONS, WORKERS, Wanted, collect
from garrison.collect.touching import Touched, touched
from garrison.collect.upstream import Target

__all__ = [
    "ALL_REGIONS",
    "ASSUMED_RESOURCES",
    "WORKERS",
    "Again",
    "Outcome",
    "PlannedCall",
    "Progress",
    "Result",
    "Seen",
    "Target",
    "Touched",
    "Wanted",
    "chosen",
    "collect",
    "collect_again",
    "plan",
    "touched",
    "types",
]
