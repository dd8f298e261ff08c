"""What a host's report brought, counted by the kinds of messages that Inspector's agents sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from garrison.scan.report import Report

_encode = msgspec.json.Encoder().encode


def counted(report: Report) -> tuple[tuple[str, int, int], ...]:
    """Kind, count and bytes (as JSON), in the order of kinds, with the total last."""
    inventory = report.inventory
    kinds: dict[str, Iterable[Any]] = {
        "InspectorConfigurationInfo": [*inventory.settings.items(), *report.checks],
        "InspectorOperatingSystem": [inventory.platform],
        "InspectorPackageInfo": inventory.packages,
        "InspectorService": inventory.services,
        "InspectorUser": inventory.users,
    }
    for protocol in ("tcp", "udp"):
        for version, is_six in (("V4", False), ("V6", True)):
            kinds[f"Inspector{protocol.title()}{version}ListeningPort"] = [
                one for one in inventory.listeners if one.protocol == protocol and (":" in one.address) is is_six
            ]
    made = [(kind, *_sized(messages)) for kind, messages in sorted(kinds.items())]
    told = [one for one in made if one[1]]
    return (*told, ("Total", sum(one[1] for one in told), sum(one[2] for one in told)))


def _sized(messages: Iterable[Any]) -> tuple[int, int]:
    sizes = [len(_encode(message)) for message in messages]
    return len(sizes), sum(sizes)
