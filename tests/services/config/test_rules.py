"""Config rules through boto3: made, listed, changed, removed, and what they say of what is recorded."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from garrison.inventory import INVENTORY_FILE, History, Resource
from tests.services.config.conftest import Rules, have_recorder, wait
from tests.services.refusals import refused

BUCKET = "AWS::S3::Bucket"
SNAPSHOT = "ConfigurationSnapshotDeliveryCompleted"
THING = "Acme::Test::Thing"
VERSIONING = {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED"}
PASSWORDS = {"Owner": "AWS", "SourceIdentifier": "IAM_PASSWORD_POLICY"}
POLICY = f"rule good when resourceType == '{THING}' {{\n configuration.good == true <<be good>>\n}}"


def policy(text: str = POLICY, **more: Any) -> dict[str, Any]:
    details = {"PolicyRuntime": "guard-2.x.x", "PolicyText": text, **more}
    return {"Owner": "CUSTOM_POLICY", "CustomPolicyDetails": details}


def program(rules: Rules, *messages: dict[str, str], name: str = "check") -> dict[str, Any]:
    arn = f"arn:aws:lambda:{rules.account.region}:{rules.account.account_id}:function:{name}"
    sent = messages or ({"MessageType": "ConfigurationItemChangeNotification"},)
    return {
        "Owner": "CUSTOM_LAMBDA",
        "SourceIdentifier": arn,
        "SourceDetails": [{"EventSource": "aws.config", **each} for each in sent],
    }


def bucket(rules: Rules, name: str, status: str) -> Any:
    return rules.item(BUCKET, name, {"name": name}, supplementary={"BucketVersioningConfiguration": {"status": status}})


def test_a_managed_rule_judges_what_is_recorded_and_what_changes(rules: Rules) -> None:
    rules.record(bucket(rules, "versioned", "Enabled"), bucket(rules, "bare", "Off"))
    rules.put("versioning", VERSIONING, Description="keep versions")
    rules.evaluated("versioning")
    assert rules.results("versioning")["versioned"] == ("COMPLIANT", "")
    compliance, annotation = rules.results("versioning")["bare"]
    assert compliance == "NON_COMPLIANT" and "Off" in annotation
    rules.record(bucket(rules, "bare", "Enabled"))
    wait(lambda: rules.results("versioning")["bare"][0] == "COMPLIANT")
    gone = bucket(rules, "bare", "Enabled")
    rules.remove(gone)
    wait(lambda: "bare" not in rules.results("versioning"))
    assert rules.results("versioning", ComplianceTypes=["NOT_APPLICABLE"]).keys() == {"bare"}


def test_a_policy_names_the_clause_and_the_value(rules: Rules) -> None:
    rules.put("guarded", policy(), Scope={"ComplianceResourceTypes": [THING]})
    rules.record(rules.item(THING, "policy-good", {"good": True}), rules.item(THING, "policy-bad", {"good": "no"}))
    wait(lambda: rules.results("guarded").keys() >= {"policy-good", "policy-bad"})
    assert rules.results("guarded")["policy-good"][0] == "COMPLIANT"
    assert rules.results("guarded")["policy-bad"] == (
        "NON_COMPLIANT",
        "be good: good: configuration.good == true: /configuration/good is no",
    )
    assert rules.config.get_custom_rule_policy(ConfigRuleName="guarded")["PolicyText"] == POLICY


def test_a_policy_reads_the_rules_parameters(rules: Rules) -> None:
    text = f"rule named when resourceType == '{THING}' {{\n resourceId == CONFIG_RULE_PARAMETERS.name\n}}"
    rules.record(rules.item(THING, "called", {}), rules.item(THING, "uncalled", {}))
    rules.put(
        "parametrised", policy(text), Scope={"ComplianceResourceTypes": [THING]}, InputParameters='{"name": "called"}'
    )
    rules.evaluated("parametrised")
    found = rules.results("parametrised")
    assert found["called"][0] == "COMPLIANT"
    assert found["uncalled"][0] == "NON_COMPLIANT"


def test_a_program_judges_each_change_and_from_time_to_time(rules: Rules) -> None:
    rules.record(rules.item(THING, "program-bad", {"good": False}))
    both = ({"MessageType": "ConfigurationItemChangeNotification"}, {"MessageType": "ScheduledNotification"})
    scope = {"ComplianceResourceTypes": [THING], "ComplianceResourceId": "program-bad"}
    rules.put("programmed", program(rules, *both), Scope=scope)
    rules.evaluated("programmed")
    assert rules.results("programmed") == {
        "program-bad": ("NON_COMPLIANT", "good is False"),
        rules.account.account_id: ("NON_COMPLIANT", "ScheduledNotification"),
    }
    rules.record(rules.item(THING, "program-bad", {"good": True}))
    wait(lambda: rules.results("programmed")["program-bad"][0] == "COMPLIANT")


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ("throw", "ended with 1: ValueError: no such thing"),
        ("hang", "took more than 2 s"),
        ("allocate", "MemoryError"),
        ("nonsense", "its answer is not as PutEvaluations"),
    ],
)
def test_a_program_that_breaks_gives_no_answer_and_holds_up_nothing(rules: Rules, behaviour: str, reason: str) -> None:
    name = f"broken-{behaviour}"
    rules.record(rules.item("Acme::Test::Broken", behaviour, {}))
    scope = {"ComplianceResourceTypes": ["Acme::Test::Broken"], "ComplianceResourceId": behaviour}
    rules.put(name, program(rules), Scope=scope, InputParameters=json.dumps({"behaviour": behaviour}))
    found = wait(lambda: rules.results(name))
    assert found[behaviour][0] == "INSUFFICIENT_DATA"
    assert reason in found[behaviour][1]
    status = wait(lambda: (found := rules.status(name)).get("LastErrorCode") and found)
    assert reason in status["LastErrorMessage"]
    compliance = rules.config.describe_compliance_by_config_rule(ConfigRuleNames=[name])["ComplianceByConfigRules"]
    assert compliance == [{"ConfigRuleName": name, "Compliance": {"ComplianceType": "INSUFFICIENT_DATA"}}]


def test_a_result_token_lets_its_holder_put_evaluations(rules: Rules) -> None:
    rules.record(rules.item("Acme::Test::Token", "one", {}))
    rules.put(
        "tokens",
        program(rules),
        Scope={"ComplianceResourceTypes": ["Acme::Test::Token"]},
        InputParameters='{"behaviour": "token"}',
    )
    [name] = wait(lambda: rules.results("tokens"))
    token = name.removeprefix("token-")
    evaluation = {
        "ComplianceResourceType": BUCKET,
        "ComplianceResourceId": "elsewhere",
        "ComplianceType": "NON_COMPLIANT",
        "Annotation": "told later",
        "OrderingTimestamp": rules.account.clock.now(),
    }
    put = rules.config.put_evaluations
    assert put(Evaluations=[evaluation], ResultToken="any", TestMode=True)["FailedEvaluations"] == []
    assert refused(put, Evaluations=[evaluation], ResultToken="any")[0] == "InvalidResultTokenException"
    assert put(Evaluations=[evaluation], ResultToken=token)["FailedEvaluations"] == []
    assert rules.results("tokens")["elsewhere"] == ("NON_COMPLIANT", "told later")
    older = {**evaluation, "OrderingTimestamp": evaluation["OrderingTimestamp"] - timedelta(hours=1)}
    put(Evaluations=[{**older, "ComplianceType": "COMPLIANT"}], ResultToken=token)
    assert rules.results("tokens")["elsewhere"][0] == "NON_COMPLIANT"
    put(Evaluations=[{**evaluation, "ComplianceType": "NOT_APPLICABLE"}], ResultToken=token)
    assert "elsewhere" not in rules.results("tokens")


def test_how_compliance_changed_is_part_of_a_resources_history(rules: Rules) -> None:
    item = bucket(rules, "remembered", "Enabled")
    rules.record(item)
    rules.put(
        "remembering", VERSIONING, Scope={"ComplianceResourceTypes": [BUCKET], "ComplianceResourceId": "remembered"}
    )
    wait(lambda: rules.results("remembering"))
    rules.record(bucket(rules, "remembered", "Off"))
    wait(lambda: rules.results("remembering")["remembered"][0] == "NON_COMPLIANT")
    rules.config.delete_config_rule(ConfigRuleName="remembering")

    def told() -> list[str]:
        with closing(History(rules.account.home / INVENTORY_FILE, sync=False)) as history:
            found = history.verdicts.of_resource(Resource.of(item), rule="config:remembering")
            return [each.judged.compliance for each in found]

    wait(lambda: told() == ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"])


def test_what_a_policy_said_is_logged_where_config_may_write(rules: Rules) -> None:
    kind = "Acme::Test::Logged"
    text = f"rule good when resourceType == '{kind}' {{\n configuration.good == true\n}}"
    rules.record(rules.item(kind, "logged", {"good": False}))
    rules.put("debugged", policy(text, EnableDebugLogDelivery=True), Scope={"ComplianceResourceTypes": [kind]})
    status = wait(lambda: (found := rules.status("debugged")).get("LastDebugLogDeliveryStatus") and found)
    assert (
        status["LastDebugLogDeliveryStatus"] == "Failed"
        and "AccessDenied" in status["LastDebugLogDeliveryStatusReason"]
    )
    logs = rules.account.client("logs")
    may = {"Effect": "Allow", "Principal": {"Service": "config.amazonaws.com"}, "Action": "logs:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
    logs.put_resource_policy(policyName="config", policyDocument=document)
    rules.config.start_config_rules_evaluation(ConfigRuleNames=["debugged"])
    wait(lambda: rules.status("debugged")["LastDebugLogDeliveryStatus"] == "Successful")
    group = f"/aws/config/config-rule/debugged/{status['ConfigRuleId']}"
    [event] = logs.filter_log_events(logGroupName=group)["events"]
    assert event["message"].startswith(f"{kind} logged: NON_COMPLIANT good: configuration.good == true")


def test_a_policy_that_brings_the_engine_down_on_an_item_says_so_of_that_item_only(rules: Rules) -> None:
    kind = "Acme::Test::Hostile"
    text = f"rule r when resourceType == '{kind}' {{\n when configuration.bad exists {{\n r\n }}\n configuration.good == true\n}}"
    rules.record(rules.item(kind, "bringer", {"bad": 1}), rules.item(kind, "harmless", {"good": True}))
    rules.put("hostile", policy(text), Scope={"ComplianceResourceTypes": [kind]})
    rules.evaluated("hostile")
    assert rules.results("hostile")["harmless"] == ("COMPLIANT", "")
    compliance, reason = rules.results("hostile")["bringer"]
    assert compliance == "INSUFFICIENT_DATA" and "brought the engine down" in reason


def test_a_change_of_compliance_is_told_through_the_delivery_channels_topic(rules: Rules) -> None:
    s3, sns, account = rules.account.client("s3"), rules.account.client("sns"), rules.account.account_id
    topic = sns.create_topic(Name="compliance")["TopicArn"]
    s3.create_bucket(Bucket="compliance")
    for what, resource in (("s3:PutObject", "arn:aws:s3:::compliance/*"), ("sns:Publish", topic)):
        may = {
            "Effect": "Allow",
            "Principal": {"Service": "config.amazonaws.com"},
            "Action": what,
            "Resource": resource,
        }
        policy_ = json.dumps({"Version": "2012-10-17", "Statement": [may]})
        if what == "s3:PutObject":
            s3.put_bucket_policy(Bucket="compliance", Policy=policy_)
        else:
            sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy_)
    rules.config.put_delivery_channel(
        DeliveryChannel={"name": "default", "s3BucketName": "compliance", "snsTopicARN": topic}
    )
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=rules.webhook.url("/compliance"))
    token = rules.webhook.confirmation("/compliance")["Token"]
    sns.confirm_subscription(TopicArn=topic, Token=token)
    rules.record(bucket(rules, "announced", "Off"))
    rules.put("announced", VERSIONING, Scope={"ComplianceResourceTypes": [BUCKET], "ComplianceResourceId": "announced"})

    def told() -> list[dict[str, Any]]:
        heard = [each.document for each in rules.webhook.of("/compliance", "Notification")]
        return [each for each in heard if '"configRuleName":"announced"' in each["Message"]]

    [notice] = wait(told)
    message = json.loads(notice["Message"])
    assert message["messageType"] == "ComplianceChangeNotification" and message["awsAccountId"] == account
    assert message["newEvaluationResult"]["complianceType"] == "NON_COMPLIANT"
    assert "announced is now NON_COMPLIANT" in notice["Subject"]
    rules.config.delete_delivery_channel(DeliveryChannelName="default")


def test_a_program_judges_when_a_snapshot_is_delivered(rules: Rules) -> None:
    account, region = rules.account, "us-west-2"
    config, s3 = account.client("config", region_name=region), account.client("s3")
    have_recorder(account, region)
    role = f"arn:aws:iam::{account.account_id}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    group = {"resourceTypes": ["AWS::SQS::Queue"]}
    config.put_configuration_recorder(
        ConfigurationRecorder={"name": "default", "roleARN": role, "recordingGroup": group}
    )
    s3.create_bucket(Bucket="snapshots")
    allowed = {"Effect": "Allow", "Principal": {"Service": "config.amazonaws.com"}, "Action": "s3:PutObject"}
    statement = allowed | {"Resource": "arn:aws:s3:::snapshots/*"}
    s3.put_bucket_policy(Bucket="snapshots", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    config.put_delivery_channel(DeliveryChannel={"s3BucketName": "snapshots"})
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    source = program(rules, {"MessageType": SNAPSHOT})
    arn = source["SourceIdentifier"].replace(account.region, region)
    config.put_config_rule(ConfigRule={"ConfigRuleName": "shot", "Source": source | {"SourceIdentifier": arn}})
    config.deliver_config_snapshot(deliveryChannelName="default")

    def said() -> list[str]:
        found = config.get_compliance_details_by_config_rule(ConfigRuleName="shot")["EvaluationResults"]
        return [one["Annotation"] for one in found]

    assert wait(said, 30) == [SNAPSHOT]
