"""The records of hosted zones, as checks of cost and of performance read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from garrison.items import Item
from garrison.rules.advice.inputs import Inputs
from garrison.rules.reading import rows_of, text, value

ZONE, RECORDS = "AWS::Route53::HostedZone", "ResourceRecordSets"


def records_of(zone: Item) -> Iterator[Mapping[str, Any]]:
    """A zone's record sets; none of zones that AWS's services made for themselves."""
    if value(zone, "LinkedService"):
        return
    yield from rows_of(zone, RECORDS)


def plain_name(name: str) -> str:
    """A domain name in lower case without the dot at its end; Route 53 writes `*` as `\\052`."""
    return name.lower().rstrip(".").replace("\\052", "*")


def targets(inputs: Inputs) -> dict[str, set[str]]:
    """By domain name, where the zones of the account send who asks for it: targets of CNAMEs and aliases."""
    found: dict[str, set[str]] = {}
    for zone in inputs.items(ZONE):
        for record in records_of(zone):
            name = plain_name(text(record, "name") or "")
            alias = text(record, "aliasTarget", "dNSName") or text(record, "aliasTarget", "dnsName")
            if alias:
                found.setdefault(name, set()).add(plain_name(alias))
            elif text(record, "type") == "CNAME":
                for one in record.get("resourceRecords") or ():
                    found.setdefault(name, set()).add(plain_name(text(one, "value") or ""))
    return found
