"""Event selectors: basic or advanced, kept as given, refused where they break a rule."""

from __future__ import annotations

from typing import Any

import pytest

DEFAULT = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}
S3 = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::logs/"]}


@pytest.fixture
def cloudtrail(api: Any) -> Any:
    api.cloudtrail.create_trail(Name="main", S3BucketName="audit-logs")
    return api.cloudtrail


def data_fields(**equals: str) -> list[dict[str, Any]]:
    return [{"Field": name.replace("_", "."), "Equals": [value]} for name, value in equals.items()]


def test_a_trail_without_selectors_has_the_default(cloudtrail: Any) -> None:
    assert cloudtrail.get_event_selectors(TrailName="main")["EventSelectors"] == [DEFAULT]


def test_basic_selectors_are_kept_with_their_defaults(cloudtrail: Any) -> None:
    selector = {"ReadWriteType": "WriteOnly", "DataResources": [S3]}
    cloudtrail.put_event_selectors(TrailName="main", EventSelectors=[selector])
    assert cloudtrail.get_event_selectors(TrailName="main")["EventSelectors"] == [DEFAULT | selector]
    assert cloudtrail.get_trail(Name="main")["Trail"]["HasCustomEventSelectors"] is True
    cloudtrail.put_event_selectors(TrailName="main", EventSelectors=[{"ReadWriteType": "All"}])
    assert cloudtrail.get_trail(Name="main")["Trail"]["HasCustomEventSelectors"] is False


def test_advanced_selectors_replace_basic_ones(cloudtrail: Any) -> None:
    cloudtrail.put_event_selectors(TrailName="main", EventSelectors=[{"DataResources": [S3]}])
    advanced = [
        {
            "Name": "uploads",
            "FieldSelectors": [
                {"Field": "eventCategory", "Equals": ["Data"]},
                {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
                {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::logs/"]},
            ],
        }
    ]
    cloudtrail.put_event_selectors(TrailName="main", AdvancedEventSelectors=advanced)
    answer = cloudtrail.get_event_selectors(TrailName="main")
    assert answer["AdvancedEventSelectors"] == advanced
    assert "EventSelectors" not in answer


@pytest.mark.parametrize(
    "selectors",
    [
        {},
        {
            "EventSelectors": [{}],
            "AdvancedEventSelectors": [{"FieldSelectors": data_fields(eventCategory="Management")}],
        },
        {"EventSelectors": [{}] * 6},
        {"EventSelectors": [{"IncludeManagementEvents": False}]},
        {"EventSelectors": [{"ExcludeManagementEventSources": ["iam.amazonaws.com"]}]},
        {"EventSelectors": [{"DataResources": [{"Type": "AWS::EC2::Instance", "Values": ["arn:aws:ec2"]}]}]},
        {"EventSelectors": [{"DataResources": [S3 | {"Values": ["arn:aws:s3:::*/*"]}]}]},
        {"EventSelectors": [{"DataResources": [S3 | {"Values": ["arn:aws:s3:::logs/"] * 251}]}]},
        {"AdvancedEventSelectors": [{"FieldSelectors": data_fields(eventName="PutObject")}]},
        {"AdvancedEventSelectors": [{"FieldSelectors": data_fields(eventCategory="Data")}]},
        {"AdvancedEventSelectors": [{"FieldSelectors": data_fields(eventCategory="Other")}]},
        {"AdvancedEventSelectors": [{"FieldSelectors": data_fields(eventCategory="Management", resources_type="x")}]},
        {"AdvancedEventSelectors": [{"FieldSelectors": data_fields(eventCategory="Management", readOnly="yes")}]},
        {"AdvancedEventSelectors": [{"FieldSelectors": data_fields(eventCategory="Management") * 2}]},
        {
            "AdvancedEventSelectors": [
                {"FieldSelectors": [*data_fields(eventCategory="Management"), {"Field": "eventName"}]}
            ]
        },
        {
            "AdvancedEventSelectors": [
                {
                    "FieldSelectors": [
                        *data_fields(eventCategory="Management"),
                        {"Field": "eventName", "NotEquals": [f"Event{number}" for number in range(501)]},
                    ]
                }
            ]
        },
    ],
)
def test_selectors_against_the_rules_are_refused(cloudtrail: Any, refused: Any, selectors: dict[str, Any]) -> None:
    code, _ = refused(cloudtrail.put_event_selectors, TrailName="main", **selectors)
    assert code == "InvalidEventSelectorsException"
    assert cloudtrail.get_event_selectors(TrailName="main")["EventSelectors"] == [DEFAULT]
