"""What checks say of an account as people want it: first what it saves, each resource counted once, then where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from garrison.rules.advice import Advised, Category, Check, CheckResult, Prices, Status
from garrison.rules.registry import ACCOUNT

_WORST_FIRST = {Status.ERROR: 0, Status.WARNING: 1, Status.NOT_AVAILABLE: 2, Status.OK: 3}


@dataclass(frozen=True, slots=True)
class Since:
    """How it stands beside the run before."""

    at: datetime | None
    """When the run before was; None where this is the first."""
    found: int = 0
    fixed: int = 0
    returned: int = 0
    saved: Decimal = Decimal()
    """US dollars a month that what was fixed since then had cost too much."""
    saved_in_all: Decimal = Decimal()
    """The same of all that was ever fixed and is so still."""


@dataclass(slots=True)
class Report:
    """What checks say of one account."""

    account: str
    at: datetime
    checks: Mapping[str, Check]
    results: list[CheckResult]
    prices: Prices
    items: int = 0
    requests: int = 0
    since: Since | None = None
    _counted: dict[tuple[str, str], tuple[str, Decimal]] | None = field(default=None, repr=False)

    @property
    def flagged(self) -> list[tuple[Check, CheckResult]]:
        """The checks that found something: what saves most first, then what is worst."""
        found = [(self.checks[one.check_id], one) for one in self.results if one.flagged]
        saved = self.by_check
        return sorted(
            found, key=lambda one: (-saved.get(one[0].id, Decimal()), _WORST_FIRST[one[1].status], one[0].name)
        )

    @property
    def unavailable(self) -> list[tuple[Check, CheckResult]]:
        """The checks that cannot tell, or not of everything."""
        return [(self.checks[one.check_id], one) for one in self.results if one.reason]

    @property
    def savings(self) -> Decimal:
        """US dollars a month that following all advice saves, as far as prices are known; each resource counts once."""
        return sum((amount for _, amount in self._once().values()), Decimal())

    @property
    def by_check(self) -> dict[str, Decimal]:
        """The savings by check; of a resource that several checks flag, by the one that saves most."""
        return _sums((check_id, amount) for check_id, amount in self._once().values())

    @property
    def by_service(self) -> dict[str, Decimal]:
        """The savings by service (`EC2`), most first."""
        return _sums((service_of(self.checks[check_id]), amount) for check_id, amount in self._once().values())

    @property
    def unpriced(self) -> int:
        """Resources flagged as costing too much of which it is not known what they cost."""
        priced = self._once().keys()
        return len(
            {
                (one.region, one.resource_id)
                for result in self.results
                if self.checks[result.check_id].category is Category.COST_OPTIMIZING
                for one in result.flagged
            }
            - priced
        )

    def counts(self) -> dict[Status, int]:
        """How many checks stand how."""
        return {status: sum(one.status is status for one in self.results) for status in _WORST_FIRST}

    def _once(self) -> dict[tuple[str, str], tuple[str, Decimal]]:
        """By resource, the check that saves most with it, and how much."""
        if self._counted is None:
            best: dict[tuple[str, str], tuple[str, Decimal]] = {}
            for result in self.results:
                for one in result.flagged:
                    place = one.region, one.resource_id
                    if one.monthly_savings is not None and one.monthly_savings > best.get(place, ("", Decimal()))[1]:
                        best[place] = result.check_id, one.monthly_savings
            self._counted = best
        return self._counted


def service_of(check: Check) -> str:
    """The service that a check is about, as its types name it."""
    kinds: Collection[str] = check.resource_types if check.resource_types != (ACCOUNT,) else tuple(check.needs)
    return next((kind.split("::")[1] or "Account" for kind in kinds), "Account")


def name_of(one: Advised) -> str:
    """What a row is about, short: the resource's id, of an ARN its end, and of what RDS has its name."""
    if one.arn and one.arn.split(":")[2:3] == ["rds"]:
        return one.arn.rpartition(":")[2]
    return one.resource_id.rpartition("/")[2] if one.resource_id.startswith("arn:") else one.resource_id


def _sums(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for name, amount in amounts:
        found[name] = found.get(name, Decimal()) + amount
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))
