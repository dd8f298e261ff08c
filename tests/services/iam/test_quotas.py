"""IAM's quotas: what is within one passes, what is beyond is refused in AWS's words."""

from __future__ import annotations

import pytest

from garrison.errors import ApiError
from garrison.services.iam.quotas import QUOTAS, check_policy_size, check_quota


@pytest.mark.parametrize("name", sorted(QUOTAS))
def test_a_quota_may_be_reached_but_not_exceeded(name: str) -> None:
    check_quota(name, QUOTAS[name])
    with pytest.raises(ApiError) as caught:
        check_quota(name, QUOTAS[name] + 1)
    assert caught.value.code == "LimitExceeded"
    assert caught.value.message == f"Cannot exceed quota for {name}: {QUOTAS[name]}"


def test_white_space_does_not_count_towards_a_policy_size() -> None:
    check_policy_size("UserPolicySize", ("x" * 1000, " \n\t" * 5000, "y" * 1048), "user alice")
    with pytest.raises(ApiError, match="Maximum policy size of 2048 bytes exceeded for user alice"):
        check_policy_size("UserPolicySize", ("x" * 1000, "y" * 1049), "user alice")
