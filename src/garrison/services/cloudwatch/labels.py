"""Label the answer of a query: as the caller says, with what `${…}` stands for in it.

Source: CloudWatch User Guide, "Using dynamic labels". The values of times (`${MAX_TIME}` …) are not built and stay as written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from garrison.metrics import Metric

if TYPE_CHECKING:
    from garrison.services.call import Call

_DYNAMIC = re.compile(r"\$\{(?:PROP\('([^']{1,300})'\)|([A-Z_]{3,20}))\}")
_OF_VALUES: Mapping[str, Callable[[Sequence[float]], float]] = {
    "AVG": lambda values: sum(values) / len(values),
    "MAX": max,
    "MIN": min,
    "SUM": sum,
    "FIRST": lambda values: values[0],
    "LAST": lambda values: values[-1],
    "DATAPOINT_COUNT": len,
}


def label_of(wanted: str | None, metric: Metric, stat: str, period: int, call: Call, values: Sequence[float]) -> str:
    """The label: the metric's name where none is wanted. `values` are in the order of time."""
    if wanted is None:
        return metric.name
    properties = {
        "AccountId": call.account,
        "MetricName": metric.name,
        "Namespace": metric.namespace,
        "Period": str(period),
        "Region": call.region,
        "Stat": stat,
    } | {f"Dim.{name}": value for name, value in metric.dimensions}

    def replaced(found: re.Match[str]) -> str:
        if found[1] is not None:
            return properties.get(found[1], found[0])
        if found[2] == "LABEL":
            return metric.name
        if found[2] not in _OF_VALUES:
            return found[0]
        return f"{_OF_VALUES[found[2]](values):.10g}" if values else "--"

    return _DYNAMIC.sub(replaced, wanted)
