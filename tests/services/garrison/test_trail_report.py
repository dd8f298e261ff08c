"""GetTrailReport on a real server: over the account's own calls, by a user who has nothing but a permission."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account, allow


def test_a_user_without_the_home_reads_who_did_what_and_what_was_refused(garrison_module: Account) -> None:
    auditor = garrison_module.user("auditor", [allow("garrison:GetTrailReport")])
    with pytest.raises(ClientError):
        auditor.client("iam").list_roles()
    garrison_module.wait_until_recorded()
    told = auditor.client("garrison").get_trail_report(StartTime=datetime.now(UTC) - timedelta(hours=1))
    assert told["Summary"]["Events"] > 2
    refused = [(row["Principal"], row["EventName"]) for row in told["Refused"]]
    assert (auditor.arn, "ListRoles") in refused
    made = [row for row in told["Changes"] if row["EventName"] == "CreateUser" and "auditor" in row["Parameters"]]
    assert made[0]["Class"] == "IAM"
    assert made[0]["EventId"]


def test_the_number_of_rows_is_chosen_and_the_others_are_counted(garrison_module: Account) -> None:
    garrison_module.wait_until_recorded()
    told = garrison_module.client("garrison").get_trail_report(MaxResults=1)
    assert len(told["Calls"]) == 1
    assert told["LeftOut"]["Calls"] >= 1


def test_without_the_permission_and_for_a_wrong_time_it_is_refused(garrison_module: Account) -> None:
    nobody = garrison_module.user("nobody", [])
    with pytest.raises(ClientError, match="garrison:GetTrailReport") as refused:
        nobody.client("garrison").get_trail_report()
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    now = datetime.now(UTC)
    with pytest.raises(ClientError) as wrong:
        garrison_module.client("garrison").get_trail_report(StartTime=now, EndTime=now - timedelta(days=1))
    assert wrong.value.response["Error"]["Code"] == "ValidationException"
