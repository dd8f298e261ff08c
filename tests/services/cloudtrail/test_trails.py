"""Trails: created, changed, shown and deleted, with AWS's refusals."""

from __future__ import annotations

from typing import Any

import pytest

ACCOUNT = "123456789012"
ARN = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/main"
MOST_SETTINGS = {
    "S3KeyPrefix": "garrison",
    "SnsTopicName": "deliveries",
    "IsMultiRegionTrail": True,
    "EnableLogFileValidation": True,
}


@pytest.fixture
def cloudtrail(api: Any) -> Any:
    return api.cloudtrail


def create(cloudtrail: Any, name: str = "main", **settings: Any) -> dict[str, Any]:
    answer: dict[str, Any] = cloudtrail.create_trail(Name=name, **({"S3BucketName": "audit-logs"} | settings))
    answer.pop("ResponseMetadata")
    return answer


def test_a_new_trail_answers_its_settings(cloudtrail: Any) -> None:
    assert create(cloudtrail) == {
        "Name": "main",
        "S3BucketName": "audit-logs",
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": False,
        "TrailARN": ARN,
        "LogFileValidationEnabled": False,
        "IsOrganizationTrail": False,
    }


def test_all_settings_come_back(cloudtrail: Any) -> None:
    answer = create(cloudtrail, **MOST_SETTINGS)
    assert answer["SnsTopicARN"] == f"arn:aws:sns:us-east-1:{ACCOUNT}:deliveries"
    trail = cloudtrail.get_trail(Name="main")["Trail"]
    assert trail == answer | {"HomeRegion": "us-east-1", "HasCustomEventSelectors": False, "HasInsightSelectors": False}
    assert cloudtrail.get_trail(Name=ARN)["Trail"] == trail
    assert cloudtrail.describe_trails()["trailList"] == [trail]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ab", "Trail name too short. Minimum allowed length: 3 characters. Specified name length: 2 characters."),
        (
            "a" * 129,
            "Trail name too long. Maximum allowed length: 128 characters. Specified name length: 129 characters.",
        ),
        (
            "a b",
            "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), "
            "and underscores (_).",
        ),
        ("-ab", "Trail name must starts with a letter or number."),
        ("ab-", "Trail name must ends with a letter or number."),
        ("a-_b", "Trail name can not have adjacent periods, hyphens or underscores."),
        ("192.168.5.4", "Trail name can not be in IP address format."),
    ],
)
def test_a_name_against_the_rules_is_refused(cloudtrail: Any, refused: Any, name: str, message: str) -> None:
    assert refused(cloudtrail.create_trail, Name=name, S3BucketName="audit-logs") == (
        "InvalidTrailNameException",
        message,
    )


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"S3BucketName": "Audit"}, "InvalidS3BucketNameException"),
        ({"S3BucketName": "a..b"}, "InvalidS3BucketNameException"),
        ({"S3BucketName": "10.0.0.1"}, "InvalidS3BucketNameException"),
        ({"S3BucketName": ""}, "InvalidS3BucketNameException"),
        ({"S3KeyPrefix": "p" * 201}, "InvalidS3PrefixException"),
        ({"SnsTopicName": "a topic"}, "InvalidSnsTopicNameException"),
        ({"SnsTopicName": "arn:aws:sqs:us-east-1:123456789012:queue"}, "InvalidSnsTopicNameException"),
        ({"KmsKeyId": "key"}, "InvalidKmsKeyIdException"),
        ({"IsOrganizationTrail": True}, "OrganizationsNotInUseException"),
        ({"IsMultiRegionTrail": True, "IncludeGlobalServiceEvents": False}, "InvalidParameterCombinationException"),
        (
            {"CloudWatchLogsLogGroupArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:trails:*"},
            "InvalidCloudWatchLogsRoleArnException",
        ),
        ({"CloudWatchLogsLogGroupArn": "trails"}, "InvalidCloudWatchLogsLogGroupArnException"),
        ({"CloudWatchLogsRoleArn": f"arn:aws:iam::{ACCOUNT}:role/none"}, "InvalidCloudWatchLogsRoleArnException"),
        ({"TagsList": [{"Key": "a"}, {"Key": "a"}]}, "InvalidTagParameterException"),
        ({"TagsList": [{"Key": f"k{n}"} for n in range(51)]}, "TagsLimitExceededException"),
    ],
)
def test_a_setting_against_the_rules_is_refused(cloudtrail: Any, refused: Any, settings: Any, code: str) -> None:
    assert refused(create, cloudtrail=cloudtrail, **settings)[0] == code
    assert cloudtrail.list_trails()["Trails"] == []


def test_a_name_is_taken_once_and_five_trails_fill_a_region(cloudtrail: Any, refused: Any) -> None:
    create(cloudtrail)
    assert refused(create, cloudtrail=cloudtrail) == (
        "TrailAlreadyExistsException",
        f"Trail main already exists for customer: {ACCOUNT}",
    )
    for number in range(4):
        create(cloudtrail, f"trail-{number}")
    assert refused(create, cloudtrail=cloudtrail, name="sixth") == (
        "MaximumNumberOfTrailsExceededException",
        f"User: {ACCOUNT} already has 5 trails in us-east-1",
    )


def test_an_update_changes_what_it_names_and_an_empty_text_takes_away(cloudtrail: Any) -> None:
    before = create(cloudtrail, **MOST_SETTINGS)
    after = cloudtrail.update_trail(Name=ARN, SnsTopicName="", KmsKeyId="", S3BucketName="other-logs")
    gone = ("SnsTopicName", "SnsTopicARN", "KmsKeyId")
    expected = {member: value for member, value in before.items() if member not in gone} | {
        "S3BucketName": "other-logs"
    }
    assert {member: value for member, value in after.items() if member != "ResponseMetadata"} == expected


def test_a_deleted_trail_is_unknown(cloudtrail: Any, refused: Any) -> None:
    create(cloudtrail)
    cloudtrail.delete_trail(Name="main")
    for operation in (
        cloudtrail.get_trail,
        cloudtrail.delete_trail,
        cloudtrail.start_logging,
        cloudtrail.get_trail_status,
    ):
        assert refused(operation, Name="main") == (
            "TrailNotFoundException",
            f"Unknown trail: {ARN} for the user: {ACCOUNT}",
        )
    assert cloudtrail.describe_trails(trailNameList=["main"])["trailList"] == []


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::123456789012:trail/main", "arn:aws:cloudtrail:us-east-1:1:bin/main", "arn:"]
)
def test_an_arn_of_something_else_is_refused(cloudtrail: Any, refused: Any, arn: str) -> None:
    assert refused(cloudtrail.get_trail, Name=arn)[0] == "CloudTrailARNInvalidException"


def test_a_trail_of_another_account_is_unknown(cloudtrail: Any, refused: Any) -> None:
    create(cloudtrail)
    arn = ARN.replace(ACCOUNT, "210987654321")
    assert refused(cloudtrail.get_trail, Name=arn)[0] == "TrailNotFoundException"


def test_logging_starts_and_stops_and_the_status_says_when(api: Any, cloudtrail: Any) -> None:
    create(cloudtrail)
    status = cloudtrail.get_trail_status(Name="main")
    assert status["IsLogging"] is False
    assert "StartLoggingTime" not in status
    assert status["TimeLoggingStarted"] == ""
    started_at = api.clock.now()
    cloudtrail.start_logging(Name="main")
    api.clock.advance(minutes=5)
    cloudtrail.start_logging(Name=ARN)
    status = cloudtrail.get_trail_status(Name="main")
    assert status["IsLogging"] is True
    assert status["StartLoggingTime"] == started_at
    cloudtrail.stop_logging(Name="main")
    status = cloudtrail.get_trail_status(Name="main")
    assert status["IsLogging"] is False
    assert (status["StopLoggingTime"] - started_at).total_seconds() == 300
    assert status["TimeLoggingStopped"] == "2026-01-02T03:09:05Z"


def test_a_status_claims_no_delivery(cloudtrail: Any) -> None:
    create(cloudtrail)
    cloudtrail.start_logging(Name="main")
    status = cloudtrail.get_trail_status(Name="main")
    assert not {"LatestDeliveryTime", "LatestNotificationTime", "LatestDigestDeliveryTime"} & set(status)
    assert status["LatestDeliveryAttemptTime"] == ""


def test_a_multi_region_trail_shows_a_shadow_elsewhere_that_only_home_changes(
    api: Any, cloudtrail: Any, refused: Any
) -> None:
    create(cloudtrail, IsMultiRegionTrail=True)
    create(cloudtrail, "local")
    api.region = "eu-west-1"
    (shadow,) = cloudtrail.describe_trails()["trailList"]
    assert (shadow["TrailARN"], shadow["HomeRegion"]) == (ARN, "us-east-1")
    assert cloudtrail.describe_trails(includeShadowTrails=False)["trailList"] == []
    assert [trail["TrailARN"] for trail in cloudtrail.describe_trails(trailNameList=["main"])["trailList"]] == [ARN]
    assert cloudtrail.get_trail(Name=ARN)["Trail"]["Name"] == "main"
    assert cloudtrail.get_trail_status(Name=ARN)["IsLogging"] is False
    assert refused(cloudtrail.get_trail, Name="main")[1] == (
        f"Unknown trail: arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/main for the user: {ACCOUNT}"
    )
    for operation in (
        cloudtrail.start_logging,
        cloudtrail.stop_logging,
        cloudtrail.delete_trail,
        cloudtrail.update_trail,
    ):
        assert refused(operation, Name=ARN)[0] == "InvalidHomeRegionException"
    local = ARN.replace("/main", "/local")
    assert refused(cloudtrail.get_trail, Name=local)[0] == "TrailNotFoundException"
    assert refused(create, cloudtrail=cloudtrail)[0] == "TrailAlreadyExistsException"
    assert [trail["HomeRegion"] for trail in cloudtrail.list_trails()["Trails"]] == ["us-east-1", "us-east-1"]


def test_the_same_name_may_be_used_in_two_regions_until_one_becomes_multi_region(
    api: Any, cloudtrail: Any, refused: Any
) -> None:
    create(cloudtrail)
    api.region = "eu-west-1"
    create(cloudtrail)
    assert refused(cloudtrail.update_trail, Name="main", IsMultiRegionTrail=True)[0] == "TrailAlreadyExistsException"


def test_each_operation_is_authorised_on_the_trails_arn(api: Any, cloudtrail: Any) -> None:
    create(cloudtrail, TagsList=[{"Key": "team", "Value": "blue"}])
    assert api.asked.needs == {"cloudtrail:CreateTrail": [ARN], "cloudtrail:AddTags": [ARN]}
    assert api.asked.context == {"aws:RequestTag/team": "blue", "aws:TagKeys": ["team"]}
    cloudtrail.start_logging(Name="main")
    assert api.asked.needs == {"cloudtrail:StartLogging": [ARN]}
    assert api.asked.context == {"aws:ResourceTag/team": "blue"}
    cloudtrail.describe_trails()
    assert api.asked.needs == {"cloudtrail:DescribeTrails": ["*"]}


def test_tags_are_added_overwritten_listed_and_removed(cloudtrail: Any, refused: Any) -> None:
    create(cloudtrail, TagsList=[{"Key": "team", "Value": "blue"}])
    cloudtrail.add_tags(ResourceId=ARN, TagsList=[{"Key": "team", "Value": "red"}, {"Key": "Team", "Value": "green"}])
    assert cloudtrail.list_tags(ResourceIdList=[ARN])["ResourceTagList"] == [
        {"ResourceId": ARN, "TagsList": [{"Key": "team", "Value": "red"}, {"Key": "Team", "Value": "green"}]}
    ]
    cloudtrail.remove_tags(ResourceId=ARN, TagsList=[{"Key": "team"}, {"Key": "none"}])
    assert cloudtrail.list_tags(ResourceIdList=[ARN])["ResourceTagList"][0]["TagsList"] == [
        {"Key": "Team", "Value": "green"}
    ]
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    assert refused(cloudtrail.add_tags, ResourceId=ARN, TagsList=many)[0] == "TagsLimitExceededException"
    unknown = ARN.replace("/main", "/none")
    assert refused(cloudtrail.add_tags, ResourceId=unknown, TagsList=many)[0] == "ResourceNotFoundException"
    channel = ARN.replace("trail/main", "channel/x")
    assert refused(cloudtrail.list_tags, ResourceIdList=[channel])[0] == "ResourceTypeNotSupportedException"


def test_insights_are_not_enabled(cloudtrail: Any, refused: Any) -> None:
    create(cloudtrail)
    assert refused(cloudtrail.get_insight_selectors, TrailName="main")[0] == "InsightNotEnabledException"
