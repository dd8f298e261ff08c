"""Config on the console: a rule is tried on the past, made, broken and seen to turn; the change is shown with who made it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account
from tests.services.sns.receiving import eventually

from .person import Person

BUCKET, RULE = "console-config", "s3-bucket-versioning-enabled"
ROLE = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"


@pytest.fixture(scope="module")
def recorded(account: Account) -> Account:
    """The account with a bucket that keeps versions, recorded."""
    config, s3 = account.client("config"), account.client("s3")
    with suppress(ClientError):  # another test's
        account.client("iam").create_service_linked_role(AWSServiceName="config.amazonaws.com")
    s3.create_bucket(Bucket=BUCKET)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "config.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "roleARN": f"arn:aws:iam::{account.account_id}:role/{ROLE}",
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
        }
    )
    config.put_delivery_channel(DeliveryChannel={"s3BucketName": BUCKET})
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    eventually(lambda: config.get_discovered_resource_counts(resourceTypes=["AWS::S3::Bucket"])["resourceCounts"], 40)
    return account


def test_a_rule_is_tried_made_and_broken(console: Callable[..., Person], recorded: Account) -> None:
    person = console("/config/rules")
    page = person.page
    page.get_by_role("button", name="Create rule").first.click()
    person.see("Create rule")
    page.get_by_role("button", name="Managed rule Choose").click()
    page.get_by_role("combobox", name="Managed rule").fill("S3_BUCKET_VERSIONING_E")
    page.get_by_role("option", name="S3_BUCKET_VERSIONING_ENABLED").click()
    page.get_by_role("button", name="Replay on the past").click()
    page.get_by_text("No resource would have been noncompliant.").wait_for(timeout=180_000)
    person.check_axe()
    person.screenshot("config-replay")
    page.get_by_role("button", name="Save rule").click()
    person.see(RULE)
    row = page.get_by_role("row", name=BUCKET)
    row.get_by_text("Compliant", exact=True).wait_for(timeout=120_000)

    recorded.client("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    row.get_by_text("Noncompliant", exact=True).wait_for(timeout=120_000)
    person.check_axe()
    person.screenshot("config-rule")

    row.get_by_role("link", name=BUCKET).click()
    person.see(BUCKET)
    page.get_by_role("link", name="PutBucketVersioning").first.wait_for()
    page.get_by_role("row", name="BucketVersioningConfiguration").get_by_text('"Suspended"').wait_for()
    person.check_axe()
    person.screenshot("config-timeline")


def test_the_inventory_and_queries(
    console: Callable[..., Person], sign_in: Callable[..., Person], recorded: Account
) -> None:
    recorded.client("config").put_resource_config(
        ResourceType="Acme::Rack::Server",
        SchemaVersionId="1",
        ResourceId="<img src=x onerror=alert(1)>",
        Configuration=json.dumps({"rack": 7}),
    )
    source = {"Owner": "AWS", "SourceIdentifier": "IAM_PASSWORD_POLICY"}
    recorded.client("config").put_config_rule(ConfigRule={"ConfigRuleName": "readers-see-me", "Source": source})
    person = console("/config?type=Acme::Rack::Server")
    page = person.page
    page.get_by_role("link", name="<img src=x onerror=alert(1)>").wait_for()
    person.check_axe()
    person.open(f"/config/query?q=SELECT resourceType, resourceId, arn WHERE resourceId = '{BUCKET}'")
    page.get_by_role("cell", name=f"arn:aws:s3:::{BUCKET}").wait_for()
    person.check_axe()
    person.open("/config/resources/AWS::Config::ConfigurationRecorder/default?tab=relationships")
    page.get_by_role("link", name="Is associated with Role AWS::IAM::Role AWSServiceRoleForConfig").wait_for()
    person.check_axe()
    person.screenshot("config-relationships")
    page.get_by_role("link", name="Is associated with Role").first.focus()
    page.keyboard.press("Enter")
    person.see("AWSServiceRoleForConfig")
    person.open("/config/recorder")
    page.get_by_text("Recording", exact=True).first.wait_for()
    person.check_axe()

    may = ["config:GetResourceConfigHistory", "config:DescribeConfigRules", "config:SelectResourceConfig"]
    reader = sign_in("config-reader", [{"Effect": "Allow", "Action": may, "Resource": "*"}], width=768, dark=True)
    seen = reader.page
    reader.open(f"/config/resources/AWS::S3::Bucket/{BUCKET}")
    seen.get_by_role("button", name="Show what changed at").first.wait_for()
    seen.get_by_text("You are not allowed to see this").click()  # the calls behind the changes
    seen.get_by_text("cloudtrail:LookupEvents").first.wait_for()
    seen.get_by_role("tab", name="Compliance").click()
    seen.get_by_text("config:GetComplianceDetailsByResource").first.wait_for()
    reader.open("/config/rules")
    seen.get_by_role("link", name="readers-see-me").wait_for()
    seen.get_by_text("You are not allowed to see this").click()
    seen.get_by_text("config:DescribeComplianceByConfigRule").first.wait_for()
    reader.check_axe()
    reader.screenshot("config-reader-768-dark")
