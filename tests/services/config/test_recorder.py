"""The recorder of a running server: what is there is recorded, what changes is recorded with the call behind it, and told."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account
from tests.services.sns.receiving import eventually

BUCKET, TOPIC = "config-bucket", "config-changes"
ROLE = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"


def allow_config(account: Account, what: str, resource: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "config.amazonaws.com"},
        "Action": what,
        "Resource": resource,
        "Condition": {"StringEquals": {"AWS:SourceAccount": account.account_id}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def recorded(garrison_module: Account) -> Account:
    """An account whose recorder records, into a bucket and a topic."""
    account = garrison_module
    config, s3, sns = account.client("config"), account.client("s3"), account.client("sns")
    account.client("iam").create_service_linked_role(AWSServiceName="config.amazonaws.com")
    s3.create_bucket(Bucket=BUCKET)
    topic = sns.create_topic(Name=TOPIC)["TopicArn"]
    s3.put_bucket_policy(Bucket=BUCKET, Policy=allow_config(account, "s3:PutObject", f"arn:aws:s3:::{BUCKET}/*"))
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=allow_config(account, "sns:Publish", topic)
    )
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "roleARN": f"arn:aws:iam::{account.account_id}:role/{ROLE}",
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
        }
    )
    config.put_delivery_channel(DeliveryChannel={"s3BucketName": BUCKET, "s3KeyPrefix": "kept", "snsTopicARN": topic})
    account.user("before")
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    eventually(lambda: status(account)["lastStatus"] == "Success" and counts(account).get("AWS::IAM::User"), 40)
    return account


def status(account: Account) -> dict[str, Any]:
    (told,) = account.client("config").describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    return dict(told)


def counts(account: Account) -> dict[str, int]:
    told = account.client("config").get_discovered_resource_counts()
    assert told["totalDiscoveredResources"] == sum(one["count"] for one in told["resourceCounts"])
    return {one["resourceType"]: one["count"] for one in told["resourceCounts"]}


def history(account: Account, kind: str, name: str, **more: Any) -> list[dict[str, Any]]:
    config = account.client("config")
    known = config.list_discovered_resources(resourceType=kind, resourceIds=[name], includeDeletedResources=True)
    if not known["resourceIdentifiers"]:
        return []
    return list(config.get_resource_config_history(resourceType=kind, resourceId=name, **more)["configurationItems"])


def test_what_is_there_is_recorded(recorded: Account) -> None:
    found = counts(recorded)
    assert found["AWS::S3::Bucket"] == 1 and found["AWS::SNS::Topic"] == 1 and found["AWS::IAM::Role"] == 1
    config = recorded.client("config")
    (bucket,) = config.list_discovered_resources(resourceType="AWS::S3::Bucket")["resourceIdentifiers"]
    assert bucket == {"resourceType": "AWS::S3::Bucket", "resourceId": BUCKET, "resourceName": BUCKET}
    keys = [{"resourceType": "AWS::S3::Bucket", "resourceId": name} for name in (BUCKET, "nowhere")]
    told = config.batch_get_resource_config(resourceKeys=keys)
    assert [one["resourceId"] for one in told["baseConfigurationItems"]] == [BUCKET]
    assert told["unprocessedResourceKeys"] == [keys[1]]
    assert "s3:PutObject" in told["baseConfigurationItems"][0]["supplementaryConfiguration"]["BucketPolicy"]


def test_web_acls_and_what_they_are_made_of_are_recorded(recorded: Account) -> None:
    waf = recorded.client("wafv2")
    addresses = waf.create_ip_set(
        Name="recorded", Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=["192.0.2.0/24"]
    )["Summary"]
    visible = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
    acl = waf.create_web_acl(Name="recorded", Scope="REGIONAL", DefaultAction={"Block": {}}, VisibilityConfig=visible)[
        "Summary"
    ]
    for kind, made in (("IPSet", addresses), ("WebACL", acl)):
        (item, *_) = eventually(lambda kind=kind, made=made: history(recorded, f"AWS::WAFv2::{kind}", made["Id"]), 20)
        assert item["arn"] == made["ARN"]
        assert item["resourceName"] == "recorded"


def test_a_change_is_recorded_with_the_call_behind_it(recorded: Account) -> None:
    s3 = recorded.client("s3")
    s3.create_bucket(Bucket="changing")
    (made,) = eventually(lambda: history(recorded, "AWS::S3::Bucket", "changing"), 20)
    assert made["configurationItemStatus"] == "ResourceDiscovered"
    s3.put_bucket_versioning(Bucket="changing", VersioningConfiguration={"Status": "Enabled"})
    changed, _ = eventually(lambda: two(history(recorded, "AWS::S3::Bucket", "changing")), 20)
    assert '"status":"Enabled"' in changed["supplementaryConfiguration"]["BucketVersioningConfiguration"]
    found = recorded.client("config").select_resource_config(
        Expression="SELECT resourceId, supplementaryConfiguration.BucketVersioningConfiguration.status"
        " WHERE supplementaryConfiguration.BucketVersioningConfiguration.status = 'Enabled'"
    )["Results"]
    assert [json.loads(one) for one in found] == [
        {
            "resourceId": "changing",
            "supplementaryConfiguration": {"BucketVersioningConfiguration": {"status": "Enabled"}},
        }
    ]
    recorded.wait_until_recorded()
    (event,) = recorded.client("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventId", "AttributeValue": changed["relatedEvents"][0]}]
    )["Events"]
    assert event["EventName"] == "PutBucketVersioning"
    s3.delete_bucket(Bucket="changing")
    told = eventually(lambda: two(history(recorded, "AWS::S3::Bucket", "changing", limit=2), "ResourceDeleted"), 20)
    assert told[0]["configurationItemStatus"] == "ResourceDeleted" and told[0]["relatedEvents"]
    forward = history(recorded, "AWS::S3::Bucket", "changing", chronologicalOrder="Forward")
    assert [one["configurationItemStatus"] for one in forward] == ["ResourceDiscovered", "OK", "ResourceDeleted"]
    assert [one["configurationStateId"] for one in pages(recorded)] == [
        one["configurationStateId"] for one in forward[::-1]
    ]
    config = recorded.client("config")
    gone = config.list_discovered_resources(
        resourceType="AWS::S3::Bucket", resourceIds=["changing"], includeDeletedResources=True
    )["resourceIdentifiers"]
    assert "resourceDeletionTime" in gone[0]


def two(items: list[dict[str, Any]], status: str = "OK") -> list[dict[str, Any]]:
    return items if len(items) > 1 and items[0]["configurationItemStatus"] == status else []


def pages(account: Account) -> list[dict[str, Any]]:
    paginator = account.client("config").get_paginator("get_resource_config_history")
    asked = {"resourceType": "AWS::S3::Bucket", "resourceId": "changing", "PaginationConfig": {"PageSize": 1}}
    return [item for page in paginator.paginate(**asked) for item in page["configurationItems"]]


def test_changes_and_snapshots_are_delivered(recorded: Account) -> None:
    config, s3 = recorded.client("config"), recorded.client("s3")
    asked = config.deliver_config_snapshot(deliveryChannelName="default")["configSnapshotId"]
    day = recorded.clock.now()
    folder = f"kept/AWSLogs/{recorded.account_id}/Config/{recorded.region}/{day.year}/{day.month}/{day.day}"
    (snapshot,) = eventually(lambda: objects(s3, f"{folder}/ConfigSnapshot/"), 20)
    assert snapshot.endswith(f"_{asked}.json.gz")
    content = json.loads(gzip.decompress(s3.get_object(Bucket=BUCKET, Key=snapshot)["Body"].read()))
    assert content["configSnapshotId"] == asked and content["fileVersion"] == "1.0"
    assert {"AWS::IAM::User", "AWS::S3::Bucket"} <= {one["resourceType"] for one in content["configurationItems"]}
    told = config.describe_delivery_channel_status()["DeliveryChannelsStatus"][0]
    assert told["configSnapshotDeliveryInfo"]["lastStatus"] == "Success"
    assert told["configStreamDeliveryInfo"]["lastStatus"] == "Success", told
    recorded.clock.shift(timedelta(hours=7))
    found = eventually(lambda: objects(s3, "kept/", "ConfigHistory_AWS::S3::Bucket"), 20)
    assert len(found) == 1


def objects(s3: Any, prefix: str, part: str = "") -> list[str]:
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return [one["Key"] for one in found if part in one["Key"]]


def test_third_party_resources_have_a_history_too(recorded: Account) -> None:
    config = recorded.client("config")
    for place in ("rack 1", "rack 1", "rack 2"):
        config.put_resource_config(
            ResourceType="Acme::Datacenter::Server",
            SchemaVersionId="1",
            ResourceId="server-1",
            Configuration=json.dumps({"place": place}),
            Tags={"owner": "ops"},
        )
    config.delete_resource_config(ResourceType="Acme::Datacenter::Server", ResourceId="server-1")
    found = history(recorded, "Acme::Datacenter::Server", "server-1")
    assert [one["configurationItemStatus"] for one in found] == ["ResourceDeleted", "OK", "ResourceDiscovered"]
    assert json.loads(found[1]["configuration"]) == {"place": "rack 2"} and found[1]["tags"] == {"owner": "ops"}


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda c: c.stop_configuration_recorder(ConfigurationRecorderName="x"), "NoSuchConfigurationRecorderException"),
        (lambda c: c.delete_delivery_channel(DeliveryChannelName="default"), "LastDeliveryChannelDeleteFailedException"),
        (lambda c: c.describe_delivery_channels(DeliveryChannelNames=["x"]), "NoSuchDeliveryChannelException"),
        (lambda c: c.put_delivery_channel(DeliveryChannel={"s3BucketName": "no-such"}), "NoSuchBucketException"),
        (lambda c: c.put_resource_config(ResourceType="AWS::S3::Bucket", SchemaVersionId="1", ResourceId="x", Configuration="{}"), "ValidationException"),
        (lambda c: c.put_configuration_recorder(ConfigurationRecorder={"name": "other"}), "InvalidRoleException"),
        (lambda c: c.put_configuration_recorder(ConfigurationRecorder={"name": "AWSConfigurationRecorderForX"}), "InvalidConfigurationRecorderNameException"),
        (lambda c: c.get_resource_config_history(resourceType="AWS::S3::Bucket", resourceId="no"), "ResourceNotDiscoveredException"),
        (lambda c: c.list_discovered_resources(resourceType="AWS::S3::Buckets"), "ValidationException"),
        (lambda c: c.delete_retention_configuration(RetentionConfigurationName="default"), "NoSuchRetentionConfigurationException"),
    ],
)  # fmt: skip
def test_refusals(recorded: Account, call: Callable[[Any], Any], code: str) -> None:
    with pytest.raises(ClientError) as refused:
        call(recorded.client("config"))
    assert refused.value.response["Error"]["Code"] == code


def test_settings_are_shown_as_they_were_put(recorded: Account) -> None:
    config = recorded.client("config")
    (shown,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
    assert shown["recordingGroup"]["recordingStrategy"] == {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}
    assert shown["recordingMode"]["recordingFrequency"] == "CONTINUOUS"
    assert config.list_configuration_recorders()["ConfigurationRecorderSummaries"][0]["arn"] == shown["arn"]
    assert config.put_retention_configuration(RetentionPeriodInDays=30)["RetentionConfiguration"]["Name"] == "default"
    assert config.describe_retention_configurations()["RetentionConfigurations"][0]["RetentionPeriodInDays"] == 30
    for group in (
        {"allSupported": True, "resourceTypes": ["AWS::S3::Bucket"]},
        {"allSupported": False},
        {"resourceTypes": ["AWS::S3::Bucket"], "includeGlobalResourceTypes": True},
        {"resourceTypes": ["AWS::S3::Bucket"], "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"}},
    ):
        with pytest.raises(ClientError, match="InvalidRecordingGroupException"):
            config.put_configuration_recorder(ConfigurationRecorder=shown_less(shown) | {"recordingGroup": group})


def shown_less(shown: dict[str, Any]) -> dict[str, Any]:
    return {"name": shown["name"], "roleARN": shown["roleARN"]}


def test_rules_judge_what_is_recorded_as_it_changes(recorded: Account) -> None:
    config, s3 = recorded.client("config"), recorded.client("s3")
    rule = {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED"}
    config.put_config_rule(ConfigRule={"ConfigRuleName": "versioning", "Source": rule})

    def said() -> dict[str, str]:
        found = config.get_compliance_details_by_config_rule(ConfigRuleName="versioning", Limit=100)[
            "EvaluationResults"
        ]
        return {
            each["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]: each["ComplianceType"]
            for each in found
        }

    s3.create_bucket(Bucket="judged")
    eventually(lambda: said().get("judged") == "NON_COMPLIANT", 20)
    s3.put_bucket_versioning(Bucket="judged", VersioningConfiguration={"Status": "Enabled"})
    eventually(lambda: said()["judged"] == "COMPLIANT", 20)
    s3.delete_bucket(Bucket="judged")
    eventually(lambda: "judged" not in said(), 20)


def test_keys_are_recorded_and_judged_by_their_rotation(recorded: Account) -> None:
    config, kms = recorded.client("config"), recorded.client("kms")
    key = kms.create_key(Description="recorded", Tags=[{"TagKey": "team", "TagValue": "red"}])["KeyMetadata"]["KeyId"]
    (item, *_) = eventually(lambda: history(recorded, "AWS::KMS::Key", key), 20)
    assert json.loads(item["configuration"])["keyState"] == "Enabled"
    assert item["tags"] == {"team": "red"}
    rule = {"Owner": "AWS", "SourceIdentifier": "CMK_BACKING_KEY_ROTATION_ENABLED"}
    config.put_config_rule(ConfigRule={"ConfigRuleName": "rotation", "Source": rule})

    def said(compliance: str) -> bool:
        with suppress(config.exceptions.LimitExceededException):  # one is under way
            config.start_config_rules_evaluation(ConfigRuleNames=["rotation"])
        found = config.get_compliance_details_by_config_rule(ConfigRuleName="rotation")["EvaluationResults"]
        return [each["ComplianceType"] for each in found] == [compliance]

    eventually(lambda: said("NON_COMPLIANT"), 20)
    kms.enable_key_rotation(KeyId=key)
    eventually(lambda: said("COMPLIANT"), 20)
