"""Ask CloudWatch of an AWS account, as collectors ask its other services: counted, with back-off where it throttles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from garrison.advising.measuring import Pages
from garrison.collect import Target
from garrison.collect.upstream import HOME_REGION, Meter, Upstream, metering
from garrison.items import GLOBAL


def pages_of(target: Target, meter: Meter) -> Pages:
    """What asks an account's CloudWatch; requests are counted by the meter. The account is reached when it is first asked."""
    reached: list[Upstream] = []

    def pages(region: str, parameters: dict[str, Any]) -> Iterator[Mapping[str, Any]]:
        token = metering.set(meter)
        try:
            if not reached:
                reached.append(Upstream(target))
            where = HOME_REGION if region == GLOBAL else region
            yield from reached[0].pages("cloudwatch", "GetMetricData", parameters, where)
        finally:
            metering.reset(token)

    return pages
