"""How near an account is to its quotas: what is used and what may be, from the services' own words, else counted and AWS's default.

A check of service limits is declared by `limit`: AWS's alert is yellow from 80 % on, and red at 100 %. Source: AWS Support User Guide,
"Service limits".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from garrison.items import GLOBAL, Item
from garrison.rules.advice.check import Category, check
from garrison.rules.advice.dates import table
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import once
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Unseen, number, objects, part, text
from garrison.rules.registry import ACCOUNT

COLUMNS = ("Region", "Service", "Limit Name", "Limit Amount", "Current Usage", "Status")
"""AWS's, for every check of service limits."""
YELLOW_FROM = 0.8
NOWHERE = "-"
"""The region of what belongs to none, as AWS's answers show it."""
DEFAULT = " (AWS default)"
"""What the limit's name ends with where the account's own quota is not known."""


@dataclass(frozen=True, slots=True)
class Use:
    """How much of a quota is used in a region."""

    region: str
    used: float
    most: float | None = None
    """The account's own quota; None where it was not collected."""


Uses = Callable[[Inputs], Iterable[Use]]


@dataclass(frozen=True, slots=True)
class Limit:
    """A quota, as the metric ServiceLimitUsage calls it: alarms on it at AWS work here, too."""

    service: str
    name: str

    @property
    def known(self) -> Mapping[str, Any]:
        """What the table says of it; nothing where it has no default."""
        found: Mapping[str, Any] = table("service-quotas.toml").get(self.service, {}).get(self.name, {})
        return found

    def default_in(self, region: str) -> float | None:
        """What AWS gives an account in a region; None where that is not in the table."""
        found: float | None = self.known.get("regions", {}).get(region, self.known.get("default"))
        return found


def limit(
    aws_id: str | None,
    key: str,
    quota: Limit,
    uses: Uses,
    *,
    name: str,
    chinese_name: str,
    needs: Mapping[str, tuple[str, ...]],
    source: str = "",
) -> None:
    """Declare the check of a quota; `source` says what AWS calls it, where that is something else."""

    def near(inputs: Inputs) -> Iterator[Advised]:
        for use in uses(inputs):
            yield _advised(quota, use, inputs)

    page = source or f'"{name}"'
    near.__doc__ = (
        f"{quota.service} has room: less than 80 % of the quota “{quota.name}” is used (yellow), and less than all of it (red).\n\n"
        f'Source: AWS Support User Guide, "Service limits", {page}.'
    )
    check(
        aws_id,
        key,
        Category.SERVICE_LIMITS,
        on=ACCOUNT,
        also=needs,
        name=name,
        chinese_name=chinese_name,
        columns=COLUMNS,
        fix="Ask for a higher quota before it is reached (RequestServiceQuotaIncrease), or delete what is not used.",
    )(near)


def _advised(quota: Limit, use: Use, inputs: Inputs) -> Advised:
    most, title = use.most, quota.name
    if most is None:
        most, title = quota.default_in(use.region), quota.name + DEFAULT
    if most is None:
        raise Unseen(f"{quota.name}: the account's quota was not collected")
    share = use.used / most if most > 0 else 0.0 if use.used == 0 else 1.0
    status = Status.ERROR if share >= 1 else Status.WARNING if share >= YELLOW_FROM else Status.OK
    place = NOWHERE if use.region == GLOBAL else use.region
    arn = f"arn:aws:servicequotas:{place.strip(NOWHERE)}:{inputs.account}:{quota.service.lower()}"
    metadata = (place, quota.service, title, f"{most:g}", f"{round(use.used, 2):g}", colour(status))
    return Advised(
        f"{quota.service}/{quota.name}/{use.region}", arn, use.region, status, metadata, commands=_asked(quota, most)
    )


def _asked(quota: Limit, most: float) -> tuple[tuple[str, ...], ...]:
    """The command that asks for half as much again."""
    code = quota.known.get("code")
    if code is None:
        return ()
    return ((
        "service-quotas", "request-service-quota-increase", "--service-code", quota.known["service"],
        "--quota-code", code, "--desired-value", f"{most * 1.5:g}",
    ),)  # fmt: skip


@once
def accounts(inventory: Inventory) -> dict[str, Item]:
    """The account as each region has it; what has no region is under `global`."""
    return {one.region: one for one in inventory.of_type(ACCOUNT)}


def told(inputs: Inputs, region: str, name: str) -> Mapping[str, Any]:
    """A part of the account's item in a region, as an object; empty where it was not collected."""
    account = accounts(inputs).get(region)
    try:
        found = None if account is None else part(account, name)
    except Unseen:
        return {}
    return found or {}


def rows(inputs: Inputs, region: str, name: str) -> list[Mapping[str, Any]]:
    """A part of the account's item in a region, as a list; empty where it was not collected."""
    account = accounts(inputs).get(region)
    if account is None or any(reason.startswith(f"{name}:") for reason in account.unknown):
        return []
    return objects({name: account.supplementary.get(name)}, name)


def applied(inputs: Inputs, region: str, quota: Limit) -> float | None:
    """The account's own quota, as Service Quotas knows it; None where it was not collected."""
    code = quota.known.get("code")
    if code is None:
        return None
    for one in rows(inputs, region, f"{quota.known['service'].upper()}ServiceQuotas"):
        if text(one, "quotaCode") == code:
            return number(one, "value")
    return None


def per_region(inputs: Inputs, resource_type: str, amount: Callable[[Item], float | None]) -> dict[str, float]:
    """The sum of amounts of a type's resources by region, zero where a region was looked at; None is not counted."""
    sums: Counter[str] = Counter({region: 0 for region in accounts(inputs) if region != GLOBAL})
    for one in inputs.items(resource_type):
        found = amount(one)
        if found is not None:
            sums[one.region] += found  # type: ignore[assignment]
    return dict(sums)


def counted(quota: Limit, resource_type: str, amount: Callable[[Item], float | None] = lambda item: 1) -> Uses:
    """Resources counted, or summed, against the quota that Service Quotas applies."""

    def uses(inputs: Inputs) -> Iterator[Use]:
        for region, used in sorted(per_region(inputs, resource_type, amount).items()):
            yield Use(region, used, applied(inputs, region, quota))

    return uses
