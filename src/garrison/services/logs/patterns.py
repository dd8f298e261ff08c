"""Filter patterns as requests bring them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from garrison.detect.patterns import Event, FilterPattern, InvalidPattern, compile_pattern
from garrison.services.logs.naming import invalid
from garrison.services.logs.service import service

if TYPE_CHECKING:
    from types_boto3_logs import type_defs as shapes

    from garrison.services.call import Call


def checked_pattern(text: str) -> FilterPattern:
    """A request's pattern, compiled; InvalidParameterException where it breaks the grammar."""
    try:
        return compile_pattern(text)
    except InvalidPattern as wrong:
        raise invalid(f"Invalid filter pattern: {wrong}") from None


@service.operation("TestMetricFilter", needs={"logs:TestMetricFilter": "*"}, read_only=True)
def test_metric_filter(call: Call, request: shapes.TestMetricFilterRequestTypeDef) -> Mapping[str, Any]:
    """The messages that a pattern matches, by number from one, with the values of the fields that it names."""
    pattern = checked_pattern(request["filterPattern"])
    events = [(number, Event(message)) for number, message in enumerate(request["logEventMessages"], 1)]
    return {
        "matches": [
            {"eventNumber": number, "eventMessage": event.message, "extractedValues": pattern.extracted(event)}
            for number, event in events
            if pattern.parsed.matches(event)
        ]
    }
