"""Whether what is done in the account is recorded."""

from __future__ import annotations

from collections.abc import Iterator

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import regions
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, yes
from garrison.rules.managed.cloudtrail import TRAIL
from garrison.rules.reading import Unseen, flag, objects, part, text, texts
from garrison.rules.registry import ACCOUNT

LOOKED_AT = {ACCOUNT: (), TRAIL: ("TrailStatus",)}


def _trails_of(inputs: Inputs, region: str) -> list[Item]:
    return [one for one in inputs.items(TRAIL) if one.region == region or flag(one, "isMultiRegionTrail")]


def _state(trail: Item) -> tuple[bool, str | None]:
    """Whether a trail is logging, and what its last delivery failed of."""
    status = part(trail, "TrailStatus")
    if not status:
        raise Unseen("TrailStatus: not collected")
    return flag(status, "isLogging") is True, text(status, "latestDeliveryError") or None


def _missing(inputs: Inputs, region: str, *metadata: str | None) -> Advised:
    """What is said of a region without a trail."""
    arn = f"arn:aws:cloudtrail:{region}:{inputs.account}:trail/*"
    return Advised(region, arn, region, Status.ERROR, metadata)


@check(
    "vjafUGJ9H0", "aws-cloudtrail-logging", Category.SECURITY, on=ACCOUNT,
    also=LOOKED_AT,
    name="AWS CloudTrail Logging", chinese_name="AWS CloudTrail 日志记录",
    columns=("Region", "Trail Name", "Logging Status", "Bucket Name", "Last Delivery Error", "Status"),
    fix="Make a trail over all regions (CreateTrail), start its logging and let it write to its bucket.",
)  # fmt: skip
def logging(inputs: Inputs) -> Iterator[Advised]:
    """Every region that was looked at has a trail, each logs (red where not), and none fails to deliver (yellow).

    Source: AWS Support API, DescribeTrustedAdvisorChecks, "AWS CloudTrail Logging".
    """
    for region in regions(inputs):
        trails = _trails_of(inputs, region)
        if not trails:
            yield _missing(inputs, region, region, None, "Not created", None, None, colour(Status.ERROR))
        for trail in trails:
            is_logging, error = _state(trail)
            status = Status.ERROR if not is_logging else Status.WARNING if error else Status.OK
            yield advised(
                trail, status, region, text(trail, "name"), "On" if is_logging else "Off",
                text(trail, "s3BucketName"), error, colour(status),
                commands=() if is_logging else [("cloudtrail", "start-logging", "--name", trail.arn)],
            )  # fmt: skip


@check(
    "c25hn9x03v", "aws-cloudtrail-management-event-logging", Category.SECURITY, on=ACCOUNT,
    also={ACCOUNT: (), TRAIL: ("TrailStatus", "EventSelectors")},
    name="AWS CloudTrail Management Event Logging", chinese_name="AWS CloudTrail 管理事件日志记录",
    columns=("Status", "Region", "Logging Enabled", "Delivery Error Reported", "Last Updated Time"),
    fix="Have a trail over all regions record management events, and let it write to its bucket.",
)  # fmt: skip
def management_events(inputs: Inputs) -> Iterator[Advised]:
    """Some trail logs the management events of each region that was looked at (red where none), and one of these delivers (yellow).

    Source: AWS Support User Guide, "AWS CloudTrail Management Event Logging".
    """
    at = inputs.now.isoformat()
    for region in regions(inputs):
        states = [_state(one) for one in _trails_of(inputs, region) if _has_management_events(one)]
        errors = [error for is_logging, error in states if is_logging]
        if not errors:
            yield _missing(inputs, region, colour(Status.ERROR), region, "No", None, at)
            continue
        fails = all(errors)
        status = Status.WARNING if fails else Status.OK
        arn = f"arn:aws:cloudtrail:{region}:{inputs.account}:trail/*"
        yield Advised(region, arn, region, status, (colour(status), region, "Yes", yes(fails), at))


def _has_management_events(trail: Item) -> bool:
    selectors = part(trail, "EventSelectors")
    if not selectors:
        raise Unseen("EventSelectors: not collected")
    if any(flag(one, "includeManagementEvents") is not False for one in objects(selectors, "eventSelectors")):
        return True
    return any(
        text(field, "field") == "eventCategory" and "Management" in texts(field, "equals")
        for selector in objects(selectors, "advancedEventSelectors")
        for field in objects(selector, "fieldSelectors")
    )
