"""Whole templates, deployed unchanged: those that others publish, the alarms over a trail, and the secured account of our own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from garrison.cli.application import application
from garrison.services.cloudwatch.trail_alarms import trail_alarms
from tests.cli.conftest import Installation

from .conftest import Stacks, eventually

ALARMS = Path(__file__).parent / "published" / "trail_alarms.json"
"""As AWS publishes its own: a log group and an address as parameters, a topic, ten filters and ten alarms, numbers as texts."""
VALUES = {"LogGroupName": "trail", "Email": "oncall@example.com"}
HELD = {
    "CloudFormation_fn-foreach-s3-outputs.yaml": {},
    "SNS_SNSTopic.yaml": {"SubscriptionEndPoint": "oncall@example.com", "SubscriptionProtocol": "email"},
    "Solutions_VPCPeering_templates_VPCPeering-Accepter-Role.cfn.yaml": {"PeerOwnerIds": "111122223333"},
}
"""Templates whose types and properties are all held, with values for their parameters."""
NEEDS = {
    "CloudFormation_StackSets_common-resources.yaml": "!Rain::Module is not supported",
    "CloudWatch_CloudWatch_Dashboard_ClientVPN.yml": "AWS::CloudWatch::Dashboard, AWS::Logs::QueryDefinition",
}
"""Templates that ask for what is not held, and by what words they are refused."""
ROLLED_BACK = {
    "Config_Config.yaml": {},
    "S3_compliant-bucket.yaml": {"AppName": "our-app"},
    "Solutions_S3CrossAccountReplicationWithKMS_templates_source.yaml": {"AccountIdDestination": "111122223333"},
}
"""Templates of buckets that replicate to others, as buckets here do not, or of a volume and a function, for which this
account names no upstream: nothing of them stays."""
CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stacks]:
    """Stacks on a home as people run it, for its commands; it sends mail, as subscriptions of addresses need it."""
    installation = Installation(tmp_path_factory.mktemp("whole") / "home")
    installation.found()
    with (installation.home / "garrison.toml").open("a") as settings:
        settings.write('smtp_host = "127.0.0.1"\nsmtp_port = 9\nsmtp_from = "alerts@example.com"\n')
    installation.up()
    yield Stacks(installation)
    installation.end()


def assert_all_there(stacks: Stacks, name: str) -> None:
    """Every filter counts into the metric of its alarm, and every alarm tells the topic."""
    written = json.loads(ALARMS.read_text())["Resources"]
    found = stacks.resources(name)
    assert found.keys() == written.keys()
    topic = found["AlarmNotificationTopic"][0]
    subscribed = stacks.account.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert [(one["Protocol"], one["Endpoint"]) for one in subscribed] == [("email", VALUES["Email"])]
    filters = stacks.account.client("logs").describe_metric_filters(logGroupName=VALUES["LogGroupName"])
    counted = {one["metricTransformations"][0]["metricName"]: one["filterPattern"] for one in filters["metricFilters"]}
    alarms = stacks.account.client("cloudwatch").describe_alarms(AlarmNamePrefix="CloudTrail")["MetricAlarms"]
    assert len(counted) == len(alarms) == 10
    for alarm in alarms:
        logical = alarm["AlarmName"].removeprefix("CloudTrail")
        properties = written[f"{logical}Alarm"]["Properties"]
        assert alarm["AlarmActions"] == [topic]
        assert (alarm["Threshold"], alarm["Period"]) == (float(properties["Threshold"]), 300)
        assert counted[alarm["MetricName"]] == written[f"{logical}MetricFilter"]["Properties"]["FilterPattern"]


def test_the_ten_alarms_over_a_trail_are_deployed_by_boto3_and_by_the_aws_cli(stacks: Stacks) -> None:
    stacks.account.client("logs").create_log_group(logGroupName=VALUES["LogGroupName"])
    made = stacks.create("alarms", ALARMS.read_text(), Parameters=VALUES)
    assert made["StackStatus"] == "CREATE_COMPLETE", stacks.reasons("alarms")
    assert_all_there(stacks, "alarms")
    assert stacks.delete("alarms")["StackStatus"] == "DELETE_COMPLETE"
    assert stacks.account.client("cloudwatch").describe_alarms(AlarmNamePrefix="CloudTrail")["MetricAlarms"] == []
    home = stacks.account.home
    aws = [str(Path(sys.executable).with_name("aws")), "cloudformation", "deploy", "--stack-name", "by-cli"]
    done = subprocess.run(
        [*aws, "--template-file", str(ALARMS), "--parameter-overrides", *(f"{k}={v}" for k, v in VALUES.items())],
        env=os.environ
        | {
            "AWS_CONFIG_FILE": str(home / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
            "AWS_PROFILE": "garrison",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Successfully created/updated stack - by-cli" in done.stdout, done.stderr
    assert_all_there(stacks, "by-cli")


def test_published_templates_are_deployed_where_all_they_ask_for_is_held_and_refused_by_name_elsewhere(
    stacks: Stacks, suites: Path
) -> None:
    for number, file in enumerate(sorted((suites / "cloudformation").glob("*.y*ml"))):
        name, values, needs = f"published-{number}", HELD.get(file.name), NEEDS.get(file.name)
        if file.name in ROLLED_BACK:
            values = ROLLED_BACK[file.name]
            made = stacks.create(name, file.read_text(), Parameters=values, Capabilities=CAPABILITIES)
            assert made["StackStatus"] == "ROLLBACK_COMPLETE", (file.name, stacks.reasons(name))
            assert {status for _, status in stacks.resources(name).values()} <= {"DELETE_COMPLETE", "CREATE_FAILED"}
            continue
        if needs is None:
            made = stacks.create(name, file.read_text(), Parameters=values or {}, Capabilities=CAPABILITIES)
            assert made["StackStatus"] == "CREATE_COMPLETE", (file.name, stacks.reasons(name))
        else:
            with pytest.raises(ClientError, match=needs):
                stacks.create(name, file.read_text(), Parameters={}, Capabilities=CAPABILITIES)


def init(stacks: Stacks, *arguments: str, code: int = 0) -> dict[str, Any]:
    """What `garrison init --json` says."""
    asked = ["init", *arguments, "--json", "--home", str(stacks.account.home)]
    done = CliRunner().invoke(application(["init", "version"]), asked)
    assert done.exit_code == code, done.output + repr(done.exception)
    return json.loads(done.output)


def init_fails(stacks: Stacks, *arguments: str) -> str:
    """The error of `garrison init`."""
    asked = ["init", *arguments, "--home", str(stacks.account.home)]
    return str(CliRunner().invoke(application(["init", "version"]), asked).exception)


def test_init_makes_a_secured_account_and_changes_only_what_is_another(stacks: Stacks) -> None:
    assert init(stacks, "--dry-run")["status"] is None
    with pytest.raises(ClientError, match="does not exist"):
        stacks.show("secured-account")
    stacks.account.client("iam").update_account_password_policy(MinimumPasswordLength=20, MaxPasswordAge=30)
    made = init(stacks, "--email", VALUES["Email"], "--retention", "365")
    assert made["status"] == "CREATE_COMPLETE"
    assert [one["name"] for one in made["beside"]] == ["password-policy", "inspector"]
    assert_secured(stacks, made["outputs"])
    again = init(stacks)
    assert (again["changes"], again["beside"], again["status"]) == ([], [], "CREATE_COMPLETE")
    changed = init(stacks, "--parameters", "ManagedRules=block")
    assert [(one["resource"], one["properties"]) for one in changed["changes"]] == [("WebAcl", ["Rules"])]
    assert changed["status"] == "UPDATE_COMPLETE" and rule_actions(stacks) == ["None"] * 3
    kept = {one["ParameterKey"]: one["ParameterValue"] for one in stacks.show("secured-account")["Parameters"]}
    assert (kept["Email"], kept["RetentionDays"]) == (VALUES["Email"], "365")
    assert stacks.differences("secured-account") == {}

    beside = init(stacks, "--stack", "second", "--dry-run")
    assert beside["left_out"] == ["AnalyzeAccess", "RecordConfiguration"]
    assert not {"Recorder", "Channel", "Analyzer"} & {one["resource"] for one in beside["changes"]}


def assert_secured(stacks: Stacks, outputs: dict[str, str]) -> None:
    """Everything is there, and does its work."""
    client = stacks.account.client
    trail = client("cloudtrail").get_trail(Name="secured-account")["Trail"]
    assert trail["LogFileValidationEnabled"] and trail["IsMultiRegionTrail"]
    status = client("cloudtrail").get_trail_status
    eventually(lambda: status(Name="secured-account").get("LatestCloudWatchLogsDeliveryTime"))
    filters = client("logs").describe_metric_filters(logGroupName=outputs["TrailLogGroup"])["metricFilters"]
    assert sorted(one["filterPattern"] for one in filters) == sorted(one.pattern for one in trail_alarms())
    alarms = client("cloudwatch").describe_alarms(AlarmNamePrefix="secured-account-")["MetricAlarms"]
    assert {one["AlarmName"]: (one["MetricName"], one["Threshold"]) for one in alarms} == {
        f"secured-account-{one.name}": (one.metric, one.threshold) for one in trail_alarms()
    }
    recorders = client("config").describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert [one["recording"] for one in recorders] == [True]
    pack = client("config").describe_conformance_pack_status()["ConformancePackStatusDetails"]
    assert [one["ConformancePackState"] for one in pack] == ["CREATE_COMPLETE"]
    assert [one["name"] for one in client("accessanalyzer").list_analyzers()["analyzers"]] == ["secured-account"]
    assert rule_actions(stacks) == ["Count"] * 3
    scans = client("inspector2").list_cis_scan_configurations()["scanConfigurations"]
    assert [list(one["schedule"]) for one in scans] == [["weekly"]]
    policy = client("iam").get_account_password_policy()["PasswordPolicy"]
    assert (policy["MinimumPasswordLength"], policy["MaxPasswordAge"]) == (20, 30)  # what was stricter stays
    assert policy["RequireSymbols"] and policy["PasswordReusePrevention"] == 24


def rule_actions(stacks: Stacks) -> list[str]:
    """What the rules of the baseline do with what their groups match."""
    api = stacks.account.client("wafv2")
    found = next(one for one in api.list_web_acls(Scope="REGIONAL")["WebACLs"] if "baseline" in one["Name"])
    rules = api.get_web_acl(Scope="REGIONAL", Name=found["Name"], Id=found["Id"])["WebACL"]["Rules"]
    return [next(iter(rule["OverrideAction"])) for rule in rules]


def test_init_says_what_is_wrong(stacks: Stacks) -> None:
    assert "has no parameter Colour" in init_fails(stacks, "--parameters", "Colour=red")
    assert "'RetentionDays' must be one of" in init_fails(stacks, "--retention", "17", "--stack", "third")
    assert "words is no parameter" in init_fails(stacks, "--parameters", "words")
    printed = CliRunner().invoke(application(["init", "version"]), ["init", "--print"]).output
    assert stacks.api.validate_template(TemplateBody=printed)["Capabilities"]
