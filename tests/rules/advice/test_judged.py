"""Checks that are one of Config's rules say what the rule says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from garrison.items import Item
from garrison.rules.advice import CheckResult, Status


@pytest.mark.parametrize(
    ("configuration", "unknown", "status"),
    [
        ({"LifecyclePolicy": {"lifecyclePolicyText": "{}"}}, (), Status.OK),
        ({}, (), Status.WARNING),
        ({}, ("LifecyclePolicy: AccessDenied",), Status.NOT_AVAILABLE),
    ],
)
def test_a_rule_s_verdict_is_the_check_s_status(
    configuration: dict[str, Any], unknown: tuple[str, ...], status: Status,
    advised: Callable[..., CheckResult], item: Callable[..., Item],
) -> None:  # fmt: skip
    repository = item("AWS::ECR::Repository", configuration, unknown=unknown)
    result = advised("ecr-repository-without-lifecycle-policy", [repository])
    assert result.status is status
    (row,) = result.resources
    if status is not Status.NOT_AVAILABLE:
        colour = "Green" if status is Status.OK else "Yellow"
        assert row.metadata[:4] == (colour, "eu-west-1", repository.arn, "ecr-private-lifecycle-policy-configured")
    assert row.metadata[1] == "eu-west-1"


def test_a_rule_of_the_account_is_one_row(advised: Callable[..., CheckResult]) -> None:
    result = advised("account-not-part-of-organizations", [])
    (row,) = result.resources
    assert (row.status, row.region, row.resource_id) == (Status.WARNING, "global", "111122223333")
