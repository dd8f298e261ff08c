"""Checks declare themselves here: AWS's id and name, what they look at, which metrics they read, and the columns of what they say.

    @check(
        "Z4AUBRNSmz", "unassociated-elastic-ip-addresses", Category.COST_OPTIMIZING, on="AWS::EC2::EIP",
        name="Unassociated Elastic IP Addresses", chinese_name="未关联的弹性 IP 地址",
        columns=("Region", "IP Address"), fix="Release the address, or associate it.",
    )
    def unassociated_address(address: Item, inputs: Inputs) -> Advised | None: ...

The docstring is the check's description and ends with the page of AWS's that specifies it. A check on `ACCOUNT` is given the inputs
alone. A check gives what it says of a resource, several such where its columns ask for a row each, or None where the resource is none
of its business. What it cannot see it lets `Unseen` tell. A check that AWS has not, or whose id is not known, has the id None and
gets one of ours: `garrison-` and its key.
"""

from __future__ import annotations

import enum
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from garrison.items import Item
from garrison.rules.advice.metrics import Metric
from garrison.rules.advice.result import Advised, Command, Status
from garrison.rules.registry import ACCOUNT

OURS = "garrison-"
"""What the ids of checks begin with that are not AWS's."""
MOST_ID_CHARACTERS = 33
"""Of an id, so that the check's ARN has 64 at most (Trusted Advisor API reference, "CheckIdentifier")."""


class Category(enum.StrEnum):
    """As the Support API names them."""

    COST_OPTIMIZING = "cost_optimizing"
    PERFORMANCE = "performance"
    FAULT_TOLERANCE = "fault_tolerance"
    SECURITY = "security"
    SERVICE_LIMITS = "service_limits"


Said = Advised | Iterable[Advised] | None


@dataclass(frozen=True, slots=True)
class Check:
    """One check of Trusted Advisor's."""

    id: str
    """AWS's: `Qch7DwouX1`; of a check that AWS has not, `garrison-` and its key."""
    key: str
    """A readable name that does not change: `low-utilization-ec2-instances`."""
    name: str
    chinese_name: str
    category: Category
    description: str
    """What it looks for, and the page of AWS's that specifies it."""
    columns: tuple[str, ...]
    """What the metadata of a resource are, in AWS's order."""
    fix: str
    """What to do about what it flags."""
    resource_types: tuple[str, ...]
    """The types that it judges one by one; `AWS::::Account` where it looks at the account as a whole."""
    function: Callable[..., Said]
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    """The types of which it reads anything, each with the parts that it reads beyond the configuration."""
    metrics: tuple[Metric, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether AWS has no such check, or its id is not known."""
        return self.id.startswith(OURS)

    @property
    def is_of_garrison(self) -> bool:
        """Whether it looks at Garrison's own state, which no account of AWS's has."""
        return any(kind.startswith("Garrison::") for kind in self.needs)

    @property
    def is_of_account(self) -> bool:
        """Whether it looks at the account as a whole."""
        return self.resource_types == (ACCOUNT,)


CHECKS: dict[str, Check] = {}
"""Every check there is, by id. `garrison.rules.advice.checks()` loads them."""


def check(
    aws_id: str | None,
    key: str,
    category: Category,
    *,
    on: str | tuple[str, ...],
    name: str,
    chinese_name: str,
    columns: tuple[str, ...],
    fix: str,
    metrics: tuple[Metric, ...] = (),
    parts: tuple[str, ...] = (),
    also: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Callable[[Callable[..., Said]], Callable[..., Said]]:
    """Register a function of (item, inputs), or of (inputs) where it is on `ACCOUNT`, as a check.

    `parts` are those of the types that it judges, `also` other types that it looks up, each with the parts of theirs that it reads.
    """

    def register(function: Callable[..., Said]) -> Callable[..., Said]:
        types = (on,) if isinstance(on, str) else on
        judged = () if types == (ACCOUNT,) else types
        declare(
            Check(
                id=aws_id or OURS + key,
                key=key,
                name=name,
                chinese_name=chinese_name,
                category=category,
                description=inspect.cleandoc(function.__doc__ or ""),
                columns=columns,
                fix=fix,
                resource_types=types,
                function=function,
                needs={kind: frozenset(parts) for kind in judged} | {kind: frozenset(of) for kind, of in also.items()},
                metrics=metrics,
            )
        )
        return function

    return register


def declare(one: Check) -> None:
    """Add a check to those there are."""
    if one.id in CHECKS or any(other.key == one.key for other in CHECKS.values()):
        raise ValueError(f"the check {one.id} ({one.key}) is declared twice")
    if len(one.id) > MOST_ID_CHARACTERS:
        raise ValueError(f"the id {one.id} is longer than {MOST_ID_CHARACTERS} characters")
    CHECKS[one.id] = one


def advised(
    item: Item,
    status: Status,
    *metadata: str | None,
    savings: Decimal | None = None,
    commands: Iterable[Command] = (),
) -> Advised:
    """What is said of an item."""
    return Advised(item.resource_id, item.arn, item.region, status, metadata, savings, tuple(commands))


def needs(checks: Iterable[Check]) -> dict[str, frozenset[str]]:
    """The types that any of the checks reads, each with the parts that any reads beyond the configuration."""
    wanted: dict[str, frozenset[str]] = {}
    for one in checks:
        for resource_type, parts in one.needs.items():
            wanted[resource_type] = wanted.get(resource_type, frozenset()) | parts
    return wanted
