"""Have checks look at an account: what breaks, or cannot be seen, is `not_available` with the reason, never `ok`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from garrison.items import Item
from garrison.rules.advice.check import Check, Said
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.result import Advised, CheckResult, Status, shortened
from garrison.rules.reading import Garbled, Unseen

_WORST_FIRST = {Status.ERROR: 0, Status.WARNING: 1, Status.NOT_AVAILABLE: 2, Status.OK: 3}


def advise_all(checks: Iterable[Check], inputs: Inputs) -> Iterator[CheckResult]:
    """What each of the checks says."""
    for one in checks:
        yield advise(one, inputs)


def advise(check: Check, inputs: Inputs) -> CheckResult:
    """What a check says; never raises."""
    missing = [f"{kind}: {inputs.inventory.unseen[kind]}" for kind in check.needs if kind in inputs.inventory.unseen]
    try:
        resources = list(_of_account(check, inputs) if check.is_of_account else _of_items(check, inputs))
    except Unseen as reason:
        return CheckResult(check.id, Status.NOT_AVAILABLE, shortened(f"Could not be seen: {reason}"), ())
    except Garbled as reason:
        return CheckResult(check.id, Status.NOT_AVAILABLE, shortened(f"Could not be read: {reason}"), ())
    except Exception as error:  # a broken check is reported as such, and never counts as ok
        told = shortened(f"The check broke: {type(error).__name__}: {error}")
        return CheckResult(check.id, Status.NOT_AVAILABLE, told, (), is_broken=True)
    resources.sort(key=lambda one: _WORST_FIRST[one.status])
    return CheckResult(check.id, _overall(resources, missing), _reason(resources, missing), tuple(resources))


def _of_account(check: Check, inputs: Inputs) -> Iterator[Advised]:
    for one in _each(check.function(inputs)):
        yield _fitting(check, one)


def _of_items(check: Check, inputs: Inputs) -> Iterator[Advised]:
    for kind in check.resource_types:
        for item in inputs.listed(kind):
            try:
                rows = [_fitting(check, one) for one in _each(check.function(item, inputs))]
            except (Unseen, Garbled) as reason:
                rows = [_unseen(check, item, str(reason))]
            yield from rows


def _each(said: Said) -> Iterable[Advised]:
    if said is None:
        return ()
    return (said,) if isinstance(said, Advised) else said


def _fitting(check: Check, one: Advised) -> Advised:
    if len(one.metadata) != len(check.columns):
        raise ValueError(f"{len(one.metadata)} values for {len(check.columns)} columns")
    return one


def _unseen(check: Check, item: Item, reason: str) -> Advised:
    """A row in which nothing is known but what it is about, and why."""
    values = tuple(item.region if name in ("Region", "Region/AZ") else None for name in check.columns)
    return Advised(item.resource_id, item.arn, item.region, Status.NOT_AVAILABLE, values, reason=shortened(reason))


def _overall(resources: list[Advised], missing: list[str]) -> Status:
    worst = resources[0].status if resources else Status.OK
    return Status.NOT_AVAILABLE if worst is Status.OK and missing else worst


def _reason(resources: list[Advised], missing: list[str]) -> str:
    told = list(missing)
    reasons = Counter(one.reason for one in resources if one.status is Status.NOT_AVAILABLE)
    if reasons:
        unseen = sum(reasons.values())
        told.append(f"{unseen} of {len(resources)} resources cannot be judged: {reasons.most_common(1)[0][0]}")
    return shortened("; ".join(told))
