"""What was not seen of an account is told place by place."""

from __future__ import annotations

from datetime import UTC, datetime

from garrison.advising import inputs_of, inventories
from garrison.collect import Outcome, Result, Seen
from garrison.items import Item
from garrison.rules.advice import Prices, Status, advise, checks

AT = datetime(2026, 11, 26, tzinfo=UTC)
ACCOUNT = "AWS::::Account"


def result(region: str, service: str, items: list[Item], seen: Seen, reason: str = "") -> Result:
    outcome = Outcome(
        account="123456789012", region=region, covers=(region,), resource_type=ACCOUNT, seen=seen, items=len(items),
        reason=reason,
    )  # fmt: skip
    return Result(account="123456789012", region=region, service=service, items=items, outcomes=[outcome], requests=1)


def test_a_region_that_may_not_be_asked_does_not_hide_what_iam_tells_of_the_account() -> None:
    told = Item(
        account="123456789012",
        region="global",
        resource_type=ACCOUNT,
        resource_id="123456789012",
        arn="arn:aws:iam::123456789012:root",
        configuration={
            "summaryMap": {"AccountMFAEnabled": 0, "AccountAccessKeysPresent": 1, "Users": 4000, "UsersQuota": 5000}
        },
        supplementary={"PasswordPolicy": None},
        captured_at=AT,
    )
    wanted = [checks()["7DAFEmoDos"], checks()["qS7VV0l7J9"], checks()["jL7PP0l7J9"]]
    results = [
        result("global", "iam", [told], Seen.ALL),
        result("eu-west-1", "ec2", [], Seen.UNKNOWN, "AccessDenied"),
    ]
    (inventory,) = inventories(wanted, results, at=AT)
    said = [advise(one, inputs_of(wanted, inventory, Prices())).status for one in wanted]
    assert said == [Status.ERROR, Status.WARNING, Status.NOT_AVAILABLE]
