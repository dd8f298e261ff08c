"""How evenly instances lie over availability zones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from garrison.rules.advice.check import Category, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import zone_of
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.reading import text
from garrison.rules.registry import ACCOUNT

INSTANCE = "AWS::EC2::Instance"
MOST_UNEVEN = 0.2
"""The share of the fullest zone's instances by which the emptiest may fall behind."""


def is_uneven(counts: Mapping[str, int]) -> bool:
    """Whether the difference between fullest and emptiest zone is more than a fifth of the fullest."""
    return max(counts.values()) - min(counts.values()) > MOST_UNEVEN * max(counts.values())


def by_letter(counts: Mapping[str, int], letters: str) -> tuple[str, ...]:
    """How many there are in the zones of these letters."""
    of_letter: Counter[str] = Counter()
    for zone, count in counts.items():
        of_letter[zone[-1:]] += count
    return tuple(str(of_letter[letter]) for letter in letters)


def told(counts: Mapping[str, int]) -> str:
    """The counts, zone by zone."""
    return ", ".join(f"{zone}: {count}" for zone, count in sorted(counts.items()))


@check(
    "wuy7G1zxql", "amazon-ec2-availability-zone-balance", Category.FAULT_TOLERANCE, on=ACCOUNT,
    also={INSTANCE: ()},
    name="Amazon EC2 Availability Zone Balance", chinese_name="Amazon EC2 可用区平衡",
    columns=("Region", *(f"Zone {letter} Instances" for letter in "abcef"), "Status", "Reason"),
    fix="Spread instances evenly over the zones of the region, best by an Auto Scaling group.",
)  # fmt: skip
def zone_balance(inputs: Inputs) -> Iterator[Advised]:
    """The running instances of a region are in more than one zone (red), in numbers that differ by a fifth at most (yellow).

    Source: AWS Support User Guide, "Amazon EC2 Availability Zone Balance".
    """
    regions: dict[str, Counter[str]] = {}
    for instance in inputs.items(INSTANCE):
        if text(instance, "state", "name") == "running":
            regions.setdefault(instance.region, Counter())[zone_of(instance)] += 1
    for region, counts in sorted(regions.items()):
        if len(counts) == 1:
            status, reason = Status.ERROR, "All instances are in a single zone"
        else:
            uneven = is_uneven(counts)
            status, reason = (Status.WARNING, "Uneven distribution") if uneven else (Status.OK, "Even distribution")
        metadata = (region, *by_letter(counts, "abcef"), colour(status), f"{reason} ({told(counts)})")
        yield Advised(region, f"arn:aws:ec2:{region}:{inputs.account}:instance/*", region, status, metadata)
