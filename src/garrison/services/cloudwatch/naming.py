"""Metrics and alarms as requests name them, checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from garrison.metrics import Metric, MetricData, open_metric_data
from garrison.services.cloudwatch.faults import invalid_value
from garrison.services.cloudwatch.resources import alarm_arn

if TYPE_CHECKING:
    from garrison.services.call import Call, Parts


def metric_data(parts: Parts) -> MetricData:
    """The metric data of the home."""
    return open_metric_data(parts.settings.home_path, sync=not parts.settings.ephemeral)


def metric_of(request: Mapping[str, Any]) -> Metric:
    """The metric of a request's Namespace, MetricName and Dimensions."""
    return Metric(request["Namespace"], request["MetricName"], dimensions_of(request.get("Dimensions") or ()))


def dimensions_of(dimensions: Iterable[Mapping[str, Any]], place: str = "Dimensions") -> tuple[tuple[str, str], ...]:
    """Dimensions by name; refused where a name comes twice, or a text is not printable ASCII."""
    found: dict[str, str] = {}
    for number, dimension in enumerate(dimensions, 1):
        name, value = dimension["Name"], dimension["Value"]
        check_text(name, f"{place}.member.{number}.Name")
        check_text(value, f"{place}.member.{number}.Value")
        if name.startswith(":"):
            raise invalid_value(f"The parameter {place}.member.{number}.Name must not start with a colon.")
        if name in found:
            raise invalid_value(f"The parameter {place} contains the dimension {name} more than once.")
        found[name] = value
    return tuple(sorted(found.items()))


def check_text(text: str, place: str) -> None:
    """Refuse what is not ASCII without control characters, or all white space."""
    if not text.isascii() or not text.isprintable():
        raise invalid_value(f"The parameter {place} must contain only ASCII characters that are no control characters.")
    if not text.strip():
        raise invalid_value(f"The parameter {place} must contain at least one non-whitespace character.")


def dimensions_shown(dimensions: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Dimensions as answers show them."""
    return [{"Name": name, "Value": value} for name, value in dimensions]


def metric_shown(metric: Metric) -> dict[str, Any]:
    """A metric as answers show it."""
    return {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": dimensions_shown(metric.dimensions),
    }


def alarms_in(member: str) -> Callable[[Call, Mapping[str, Any]], list[str]]:
    """Gives the ARNs of the alarms that a request names in this member, one or several; of all where it names none."""

    def arns(call: Call, request: Mapping[str, Any]) -> list[str]:
        named = request.get(member)
        names = [named] if isinstance(named, str) else named
        return [alarm_arn(call.region, call.account, name) for name in names or ("*",)]

    return arns
