"""Deliveries: what a trail wanted is in its bucket, once, whatever fails and whoever is killed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from garrison.errors import ApiError

from .post import ACCOUNT, Post

ARN = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/main"
DENIED = ApiError("AccessDenied", "Access Denied", status=403)


@pytest.fixture
def post(api: Any, tmp_path: Path) -> Post:
    return Post(api, tmp_path)


def test_events_come_as_gzipped_files_under_awss_names_without_garrisons_own_part(post: Post) -> None:
    started = post.start(S3KeyPrefix="logs")
    made = post.happens()
    post.come_round()
    assert post.delivered() == [started, made]
    assert all("_garrison" not in record for record in post.records())
    ((bucket, key),) = post.objects
    assert bucket == "audit-logs"
    day = f"{post.clock.now():%Y/%m/%d}"
    assert re.fullmatch(
        rf"logs/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/{day}/{ACCOUNT}_CloudTrail_us-east-1_\d{{8}}T\d{{4}}Z_[A-Za-z0-9]{{16}}"
        r"\.json\.gz",
        key,
    )
    put = post.objects[bucket, key]
    assert put["ACL"] == "bucket-owner-full-control"
    assert put["ContentType"] == "application/json"
    assert put["ContentEncoding"] == "gzip"
    principal, source = post.callers[-1]
    assert (principal.principal_id, source) == ("cloudtrail.amazonaws.com", ARN)


def test_a_log_begins_with_start_logging_and_ends_with_stop_logging(post: Post) -> None:
    post.happens("Before")
    started = post.start()
    between = post.happens("Between")
    stopped = post.change(post.api.cloudtrail.stop_logging, Name="main")
    post.happens("After")
    again = post.change(post.api.cloudtrail.start_logging, Name="main")
    last = post.happens("Last")
    post.come_round()
    assert post.delivered() == [started, between, stopped, again, last]


def test_each_event_is_judged_by_the_trail_as_it_stood_then(post: Post) -> None:
    post.start()
    first = post.happens("First")
    post.change(post.api.cloudtrail.update_trail, Name="main", S3BucketName="other-logs")
    second = post.happens("Second")
    selector = {"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}
    post.change(post.api.cloudtrail.put_event_selectors, TrailName="main", EventSelectors=[selector])
    post.happens("Third")
    post.come_round()
    assert first in post.delivered()
    assert second in post.delivered("other-logs")
    assert {record["eventName"] for record in post.records("other-logs")} == {"Second", "put_event_selectors"}


def test_a_deleted_trail_delivers_what_came_before_and_its_own_end(post: Post) -> None:
    post.start()
    made = post.happens()
    deleted = post.change(post.api.cloudtrail.delete_trail, Name="main")
    post.happens("After")
    post.come_round()
    assert post.delivered()[-2:] == [made, deleted]
    post.start()
    made = post.happens()
    post.come_round()
    assert post.delivered().count(made) == 1
    assert "After" not in {record["eventName"] for record in post.records()}


def test_each_region_has_files_of_its_own(post: Post) -> None:
    post.start(IsMultiRegionTrail=True)
    post.happens(awsRegion="eu-west-1")
    post.happens(awsRegion="us-east-1")
    post.come_round()
    assert {key.split("/")[3] for _, key in post.objects} == {"us-east-1", "eu-west-1"}


def test_its_own_deliveries_are_no_events_for_a_trail(post: Post) -> None:
    post.start()
    selector = {"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}
    post.change(post.api.cloudtrail.put_event_selectors, TrailName="main", EventSelectors=[selector])
    own = {
        "eventSource": "s3.amazonaws.com",
        "eventCategory": "Data",
        "userIdentity": {"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"},
        "resources": [{"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::audit-logs/AWSLogs/x"}],
    }
    post.happens("PutObject", **own)
    made = post.happens("PutObject", **(own | {"userIdentity": {"type": "IAMUser"}}))
    post.come_round()
    post.come_round()
    assert post.delivered()[-1] == made
    assert len(post.put_keys) == 2  # the selectors made a version of their own
    assert [record["eventName"] for record in post.records()].count("PutObject") == 1


def test_nothing_new_makes_no_file(post: Post) -> None:
    post.start()
    post.come_round()
    post.happens(readOnly=True, recipientAccountId="210987654321")
    post.come_round()
    post.come_round()
    assert len(post.put_keys) == 1


def test_a_bucket_that_refuses_shows_in_the_status_and_gets_everything_in_the_end(post: Post) -> None:
    started = post.start()
    post.refusals["PutObject"] = DENIED
    post.come_round()
    status = post.api.cloudtrail.get_trail_status(Name="main")
    assert status["LatestDeliveryError"] == "AccessDenied"
    assert "LatestDeliveryTime" not in status
    made = post.happens()
    del post.refusals["PutObject"]
    post.come_round(seconds=120)
    post.come_round(seconds=120)
    assert post.delivered() == [started, made]
    status = post.api.cloudtrail.get_trail_status(Name="main")
    assert "LatestDeliveryError" not in status
    assert status["LatestDeliveryTime"] == post.clock.now()


def test_one_trail_that_fails_holds_up_no_other(post: Post) -> None:
    post.start("broken", S3BucketName="gone")
    post.start("whole")
    made = post.happens()
    take = post.call_as

    def call_as(principal: Any, service: str, operation: str, parameters: dict[str, Any], **how: Any) -> dict[str, Any]:
        if parameters.get("Bucket") == "gone":
            raise ApiError("NoSuchBucket", "The specified bucket does not exist", status=404)
        return take(principal, service, operation, parameters, **how)

    post.call_as = call_as  # type: ignore[method-assign]
    post.come_round()
    assert post.delivered()[-1] == made
    assert post.api.cloudtrail.get_trail_status(Name="broken")["LatestDeliveryError"] == "NoSuchBucket"


def test_a_notice_tells_of_each_file_and_is_tried_again(post: Post) -> None:
    post.start(SnsTopicName="deliveries")
    post.refusals["Publish"] = ApiError("AuthorizationError", "No", status=403)
    post.come_round()
    assert post.api.cloudtrail.get_trail_status(Name="main")["LatestNotificationError"] == "AuthorizationError"
    post.refusals.clear()
    post.happens()
    post.come_round(seconds=120)
    assert [topic for topic, _ in post.messages] == [f"arn:aws:sns:us-east-1:{ACCOUNT}:deliveries"] * 2
    assert [json.loads(message) for _, message in post.messages] == [
        {"s3Bucket": "audit-logs", "s3ObjectKey": [key]} for key in post.put_keys
    ]
    assert "LatestNotificationError" not in post.api.cloudtrail.get_trail_status(Name="main")


def test_killed_at_any_step_nothing_is_lost_and_nothing_doubled(post: Post) -> None:
    expected = [post.start(IsMultiRegionTrail=True, EnableLogFileValidation=True)]
    for steps in range(40):
        expected += [post.happens(awsRegion="eu-west-1"), post.happens()]
        killed = post.come_round_killed(steps)
        if steps % 7 == 0:
            post.come_round(seconds=400)
    assert not killed, "the rounds have more steps than were tried"
    post.come_round()
    post.come_round(seconds=7300)
    assert sorted(post.delivered()) == sorted(expected)
    logged = [file["s3Object"] for digest in post.digests() for file in digest["logFiles"]]
    put = [key for _, key in post.objects if "/CloudTrail/" in key]
    assert sorted(logged) == sorted(put)


def test_an_organizations_events_come_while_their_accounts_are_members_also_killed_at_any_step(post: Post) -> None:
    organizations = post.api.organizations
    organization_id = organizations.create_organization()["Organization"]["Id"]
    organizations.enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    post.happens(recipientAccountId="210987654321")

    def join(name: str) -> str:
        post.clock.advance(seconds=1)
        begun = organizations.create_account(Email=f"{name}@example.com", AccountName=name)["CreateAccountStatus"]
        status = organizations.describe_create_account_status(CreateAccountRequestId=begun["Id"])
        return str(status["CreateAccountStatus"]["AccountId"])

    stays, leaves = join("stays"), join("leaves")
    expected = [post.start(IsOrganizationTrail=True, EnableLogFileValidation=True)]
    for steps in range(40):
        if steps == 20:
            organizations.remove_account_from_organization(AccountId=leaves)
            post.clock.advance(seconds=1)
        came = post.happens(recipientAccountId=leaves)
        expected += [post.happens(), post.happens(recipientAccountId=stays), *([came] if steps < 20 else [])]
        post.happens(recipientAccountId="210987654321")
        killed = post.come_round_killed(steps)
        if steps % 7 == 0:
            post.come_round(seconds=400)
    assert not killed, "the rounds have more steps than were tried"
    post.come_round()
    post.come_round(seconds=7300)
    assert sorted(post.delivered()) == sorted(expected)
    assert {record["recipientAccountId"] for record in post.records()} == {ACCOUNT, stays, leaves}
    put = [key for _, key in post.objects if "/CloudTrail/" in key]
    assert {key.split("/")[1] for key in put} == {organization_id}
    digests = post.digests()
    assert sorted(file["s3Object"] for digest in digests for file in digest["logFiles"]) == sorted(put)
    ends = {
        account: [d["digestEndTime"] for d in digests if d["awsAccountId"] == account] for account in (stays, leaves)
    }
    assert len(ends[leaves]) < len(ends[stays]), "the digests of an account that left come to an end"
    assert ends[stays] == sorted(set(ends[stays])), "one digest an hour"
