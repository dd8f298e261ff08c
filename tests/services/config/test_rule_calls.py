"""What the calls on rules accept, refuse and list."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from garrison.testing import allow, deny
from tests.services.config.conftest import Rules, wait
from tests.services.config.test_rules import BUCKET, PASSWORDS, THING, VERSIONING, bucket, policy, program
from tests.services.refusals import refused


def names(found: dict[str, Any]) -> list[str]:
    return [rule["ConfigRuleName"] for rule in found["ConfigRules"]]


def test_a_rule_is_shown_as_it_was_put_and_changed_under_its_id(rules: Rules) -> None:
    rules.put(
        "shown",
        VERSIONING,
        Description="first",
        Scope={"ComplianceResourceTypes": [BUCKET]},
        InputParameters='{"isMfaDeleteEnabled": "false"}',
    )
    [shown] = rules.config.describe_config_rules(ConfigRuleNames=["shown"])["ConfigRules"]
    assert shown.pop("ConfigRuleState") in ("ACTIVE", "EVALUATING")
    rule_id = shown.pop("ConfigRuleId")
    assert rule_id.startswith("config-rule-") and shown.pop("ConfigRuleArn").endswith(f":config-rule/{rule_id}")
    assert shown == {
        "ConfigRuleName": "shown",
        "Description": "first",
        "Source": VERSIONING,
        "Scope": {"ComplianceResourceTypes": [BUCKET]},
        "InputParameters": '{"isMfaDeleteEnabled": "false"}',
        "EvaluationModes": [{"Mode": "DETECTIVE"}],
    }
    rules.config.put_config_rule(ConfigRule={"ConfigRuleId": rule_id, "Source": VERSIONING, "Description": "second"})
    [changed] = rules.config.describe_config_rules(ConfigRuleNames=["shown"])["ConfigRules"]
    assert (changed["ConfigRuleId"], changed["Description"], "Scope" in changed) == (rule_id, "second", False)


def test_a_policy_rule_does_not_show_its_text(rules: Rules) -> None:
    rules.put("textless", policy(EnableDebugLogDelivery=True))
    [shown] = rules.config.describe_config_rules(ConfigRuleNames=["textless"])["ConfigRules"]
    assert shown["Source"]["CustomPolicyDetails"] == {"PolicyRuntime": "guard-2.x.x", "EnableDebugLogDelivery": True}
    assert shown["Source"]["SourceDetails"] == [
        {"EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification"}
    ]
    rules.config.delete_config_rule(ConfigRuleName="textless")


INVALID = "InvalidParameterValueException"


@pytest.mark.parametrize(
    ("rule", "code", "words"),
    [
        ({"Source": {"Owner": "AWS", "SourceIdentifier": "NO_SUCH_RULE"}}, INVALID, "The sourceIdentifier NO_SUCH"),
        ({"Source": {"Owner": "AWS"}}, INVALID, "The sourceIdentifier None"),
        (
            {"Source": {**VERSIONING, "SourceDetails": [{"MessageType": "ScheduledNotification"}]}},
            INVALID,
            "SourceDetails",
        ),
        ({"Source": VERSIONING, "InputParameters": "{"}, INVALID, "Invalid json"),
        ({"Source": VERSIONING, "InputParameters": "[1]"}, INVALID, "Invalid json"),
        ({"Source": VERSIONING, "InputParameters": '{"x": "1"}'}, INVALID, "Unknown parameters"),
        ({"Source": VERSIONING, "InputParameters": '{"isMfaDeleteEnabled": "maybe"}'}, INVALID, "not valid"),
        (
            {"Source": {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_POLICY_NOT_MORE_PERMISSIVE"}},
            INVALID,
            "[controlPolicy]",
        ),
        ({"Source": VERSIONING, "MaximumExecutionFrequency": "One_Hour"}, INVALID, "configuration changes"),
        ({"Source": VERSIONING, "EvaluationModes": [{"Mode": "PROACTIVE"}]}, INVALID, "PROACTIVE"),
        ({"Source": VERSIONING, "ConfigRuleState": "DELETING"}, INVALID, "ConfigRuleState"),
        ({"Source": VERSIONING, "CreatedBy": "me"}, INVALID, "CreatedBy"),
        ({"Source": VERSIONING, "ConfigRuleId": "config-rule-abcdef"}, INVALID, "Arn and Id can not"),
        ({"Source": VERSIONING, "Scope": {"TagValue": "x"}}, INVALID, "Tag key should not be empty"),
        ({"Source": VERSIONING, "Scope": {"TagKey": "x", "ComplianceResourceTypes": [BUCKET]}}, INVALID, "both"),
        ({"Source": VERSIONING, "Scope": {"ComplianceResourceId": "x"}}, INVALID, "single resourceType"),
        ({"Source": {"Owner": "CUSTOM_POLICY"}}, INVALID, "CustomPolicyDetails"),
        ({"Source": policy("rule r { a == ")}, INVALID, "not a valid Guard policy"),
        ({"Source": policy("")}, INVALID, "no rules"),
        (
            {"Source": policy("rule r { a in " + "[" * 4900)},
            INVALID,
            "The PolicyText cannot be used: The policy was stopped",
        ),
        (
            {"Source": {**policy(), "SourceDetails": [{"MessageType": "ScheduledNotification"}]}},
            INVALID,
            "only acceptable",
        ),
        (
            {"Source": {"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": "check"}},
            INVALID,
            "SourceDetails should be provided",
        ),
        (
            {
                "Source": {
                    "Owner": "CUSTOM_LAMBDA",
                    "SourceIdentifier": "/bin/sh",
                    "SourceDetails": [{"MessageType": "ScheduledNotification"}],
                }
            },
            "InsufficientPermissionsException",
            "cannot be invoked",
        ),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rules: Rules, rule: dict[str, Any], code: str, words: str) -> None:
    found = refused(rules.config.put_config_rule, ConfigRule={"ConfigRuleName": "refused", **rule})
    assert found[0] == code
    assert words in found[1]
    assert refused(rules.config.describe_config_rules, ConfigRuleNames=["refused"])[0] == "NoSuchConfigRuleException"


def test_rules_are_listed_in_pages_and_by_name(rules: Rules) -> None:
    wanted = [f"page-{number:02d}" for number in range(27)]
    for name in wanted:
        rules.put(name, PASSWORDS)
    found, token = list[str](), {}
    while True:
        page = rules.config.describe_config_rules(**token)
        found += names(page)
        if "NextToken" not in page:
            break
        assert len(page["ConfigRules"]) == 25
        token = {"NextToken": page["NextToken"]}
    assert found == sorted(set(found)) and set(wanted) <= set(found)
    assert names(rules.config.describe_config_rules(ConfigRuleNames=["page-03", "page-01"])) == ["page-01", "page-03"]
    assert names(rules.config.describe_config_rules(Filters={"EvaluationMode": "PROACTIVE"})) == []
    token = {"NextToken": "abc"}
    assert refused(rules.config.describe_config_rules, **token)[0] == "InvalidNextTokenException"
    pages = rules.config.get_paginator("describe_config_rule_evaluation_status").paginate(
        PaginationConfig={"PageSize": 7}
    )
    listed = [each["ConfigRuleName"] for page in pages for each in page["ConfigRulesEvaluationStatus"]]
    assert listed == found
    for name in wanted:
        rules.config.delete_config_rule(ConfigRuleName=name)
    assert refused(rules.config.delete_config_rule, ConfigRuleName="page-01")[0] == "NoSuchConfigRuleException"


def test_compliance_is_summed_up_by_rule_and_by_resource(rules: Rules) -> None:
    kind = "Acme::Test::Summed"
    text = f"rule good when resourceType == '{kind}' {{\n configuration.good == true\n}}"
    for number in range(30):
        rules.record(rules.item(kind, f"summed-{number:02d}", {"good": number < 3}))
    rules.put("summed", policy(text), Scope={"ComplianceResourceTypes": [kind]})
    rules.put(
        "summed-too", policy(text), Scope={"ComplianceResourceTypes": [kind], "ComplianceResourceId": "summed-29"}
    )
    rules.evaluated("summed")
    rules.evaluated("summed-too")
    by_rule = rules.config.describe_compliance_by_config_rule(ConfigRuleNames=["summed"])["ComplianceByConfigRules"]
    assert by_rule[0]["Compliance"] == {
        "ComplianceType": "NON_COMPLIANT",
        "ComplianceContributorCount": {"CappedCount": 25, "CapExceeded": True},
    }
    one = rules.config.describe_compliance_by_resource(ResourceType=kind, ResourceId="summed-29")
    assert one["ComplianceByResources"][0]["Compliance"]["ComplianceContributorCount"]["CappedCount"] == 2
    good = rules.config.describe_compliance_by_resource(ResourceType=kind, ComplianceTypes=["COMPLIANT"], Limit=2)
    assert [each["ResourceId"] for each in good["ComplianceByResources"]] == ["summed-00", "summed-01"]
    rest = rules.config.describe_compliance_by_resource(
        ResourceType=kind, ComplianceTypes=["COMPLIANT"], Limit=2, NextToken=good["NextToken"]
    )
    assert [each["ResourceId"] for each in rest["ComplianceByResources"]] == ["summed-02"] and "NextToken" not in rest
    pages = rules.config.get_paginator("get_compliance_details_by_config_rule").paginate(ConfigRuleName="summed")
    assert sum(len(page["EvaluationResults"]) for page in pages) == 30
    only = rules.results("summed", ComplianceTypes=["COMPLIANT"])
    assert sorted(only) == ["summed-00", "summed-01", "summed-02"]
    details = rules.config.get_compliance_details_by_resource(ResourceType=kind, ResourceId="summed-29")
    said = [one["EvaluationResultIdentifier"]["EvaluationResultQualifier"] for one in details["EvaluationResults"]]
    assert sorted(each["ConfigRuleName"] for each in said) == ["summed", "summed-too"]
    [summary] = rules.config.get_compliance_summary_by_resource_type(ResourceTypes=[kind])[
        "ComplianceSummariesByResourceType"
    ]
    assert summary["ResourceType"] == kind
    assert summary["ComplianceSummary"]["CompliantResourceCount"] == {"CappedCount": 3, "CapExceeded": False}
    assert summary["ComplianceSummary"]["NonCompliantResourceCount"] == {"CappedCount": 27, "CapExceeded": False}
    counts = rules.config.get_compliance_summary_by_config_rule()["ComplianceSummary"]
    assert counts["NonCompliantResourceCount"]["CappedCount"] >= 2


def test_filters_that_config_does_not_take_are_refused(rules: Rules) -> None:
    details = rules.config.get_compliance_details_by_config_rule
    rules.put("filtered", VERSIONING)
    assert refused(details, ConfigRuleName="filtered", ComplianceTypes=["INSUFFICIENT_DATA"])[0] == INVALID
    assert refused(details, ConfigRuleName="nobody")[0] == "NoSuchConfigRuleException"
    assert refused(rules.config.describe_compliance_by_resource, ResourceId="x")[0] == INVALID
    assert refused(rules.config.get_compliance_details_by_resource, ResourceType=BUCKET)[0] == INVALID
    assert refused(rules.config.get_custom_rule_policy, ConfigRuleName="filtered")[0] == INVALID


def test_results_are_deleted_and_come_again_when_asked(rules: Rules) -> None:
    rules.record(bucket(rules, "asked", "Enabled"))
    rules.put("asked", VERSIONING, Scope={"ComplianceResourceTypes": [BUCKET], "ComplianceResourceId": "asked"})
    wait(lambda: rules.results("asked"))
    rules.config.delete_evaluation_results(ConfigRuleName="asked")
    assert rules.results("asked") == {}
    rules.config.start_config_rules_evaluation(ConfigRuleNames=["asked"])
    assert wait(lambda: rules.results("asked")) == {"asked": ("COMPLIANT", "")}
    start = rules.config.start_config_rules_evaluation
    assert refused(start, ConfigRuleNames=["nobody"])[0] == "NoSuchConfigRuleException"
    rules.config.delete_config_rule(ConfigRuleName="asked")
    found = rules.config.get_compliance_details_by_resource(ResourceType=BUCKET, ResourceId="asked")
    assert '"ConfigRuleName": "asked"' not in json.dumps(found["EvaluationResults"], default=str)


def test_a_rule_of_a_tag_judges_what_has_it_and_forgets_what_has_it_no_more(rules: Rules) -> None:
    kind = "Acme::Test::Tagged"
    rules.put("tagged", program(rules), Scope={"TagKey": "team", "TagValue": "blue"})
    rules.evaluated("tagged")
    rules.record(
        rules.item(kind, "blue", {"good": True}, tags={"team": "blue"}),
        rules.item(kind, "red", {"good": True}, tags={"team": "red"}),
    )
    assert wait(lambda: rules.results("tagged")).keys() == {"blue"}
    rules.record(rules.item(kind, "blue", {"good": True}, tags={"team": "green"}))
    wait(lambda: not rules.results("tagged"))


def test_a_periodic_rule_judges_again_when_its_time_has_come(rules: Rules) -> None:
    details = {"MessageType": "ScheduledNotification", "MaximumExecutionFrequency": "One_Hour"}
    rules.put("hourly", program(rules, details))
    rules.evaluated("hourly")
    first = rules.status("hourly")["LastSuccessfulEvaluationTime"]
    rules.account.clock.shift(timedelta(minutes=61))
    wait(lambda: rules.status("hourly")["LastSuccessfulEvaluationTime"] > first)


def test_rules_have_tags_that_policies_decide_by(rules: Rules) -> None:
    rules.config.put_config_rule(
        ConfigRule={"ConfigRuleName": "labelled", "Source": VERSIONING}, Tags=[{"Key": "team", "Value": "blue"}]
    )
    [rule] = rules.config.describe_config_rules(ConfigRuleNames=["labelled"])["ConfigRules"]
    arn = rule["ConfigRuleArn"]
    rules.config.tag_resource(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "test"}])
    rules.config.untag_resource(ResourceArn=arn, TagKeys=["nothing"])
    assert rules.config.list_tags_for_resource(ResourceArn=arn)["Tags"] == [
        {"Key": "stage", "Value": "test"},
        {"Key": "team", "Value": "blue"},
    ]
    unknown = refused(rules.config.list_tags_for_resource, ResourceArn=arn[:-6] + "zzzzzz")
    assert unknown[0] == "ResourceNotFoundException"
    blue = {"StringEquals": {"aws:ResourceTag/team": "blue"}}
    person = rules.account.user("blue-team", [allow("config:DeleteConfigRule", when=blue)])
    config = person.client("config")
    rules.put("unlabelled", VERSIONING)
    assert refused(config.delete_config_rule, ConfigRuleName="unlabelled")[0] == "AccessDeniedException"
    config.delete_config_rule(ConfigRuleName="labelled")


def test_a_change_of_compliance_is_an_event(rules: Rules) -> None:
    rules.record(bucket(rules, "told", "Enabled"))
    rules.put("told", VERSIONING, Scope={"ComplianceResourceTypes": [BUCKET], "ComplianceResourceId": "told"})
    wait(lambda: rules.results("told"))
    trail = rules.account.client("cloudtrail")
    name = [{"AttributeKey": "EventName", "AttributeValue": "ConfigRulesComplianceChange"}]

    def told() -> list[Any]:
        found = trail.lookup_events(LookupAttributes=name)["Events"]
        details = [json.loads(event["CloudTrailEvent"])["serviceEventDetails"] for event in found]
        return [each for each in details if each["configRuleName"] == "told"]

    [change] = wait(told)
    assert change["messageType"] == "ComplianceChangeNotification" and change["oldEvaluationResult"] is None
    assert change["newEvaluationResult"]["complianceType"] == "COMPLIANT"


def test_only_who_may_puts_rules(rules: Rules) -> None:
    person = rules.account.user("nobody", [allow("config:*"), deny("config:PutConfigRule")])
    config = person.client("config")
    rule = {"ConfigRuleName": "x", "Source": VERSIONING}
    assert refused(config.put_config_rule, ConfigRule=rule)[0] == "AccessDeniedException"
    assert THING  # the rest is allowed
    config.describe_config_rules()


def test_without_a_recorder_there_are_no_rules(rules: Rules) -> None:
    elsewhere = rules.account.client("config", region_name="eu-west-3")
    rule = {"ConfigRuleName": "x", "Source": VERSIONING}
    assert refused(elsewhere.put_config_rule, ConfigRule=rule)[0] == "NoAvailableConfigurationRecorderException"
    assert elsewhere.describe_config_rules()["ConfigRules"] == []


def test_a_process_check_says_what_somebody_verified(rules: Rules) -> None:
    rules.put("asked", {"Owner": "AWS", "SourceIdentifier": "AWS_CONFIG_PROCESS_CHECK"}, Description="Read the logs.")
    account, config = rules.account.account_id, rules.config
    given = {
        "ComplianceResourceType": "AWS::::Account",
        "ComplianceResourceId": account,
        "ComplianceType": "COMPLIANT",
        "Annotation": "Read on Monday.",
        "OrderingTimestamp": rules.account.clock.now(),
    }
    assert rules.results("asked") == {}
    config.put_external_evaluation(ConfigRuleName="asked", ExternalEvaluation=given)
    assert rules.results("asked") == {account: ("COMPLIANT", "Read on Monday.")}
    config.start_config_rules_evaluation(ConfigRuleNames=["asked"])
    rules.put("other", VERSIONING)
    for rule, changed in (
        ("asked", {"ComplianceResourceType": BUCKET}),
        ("asked", {"ComplianceResourceId": "210987654321"}),
        ("asked", {"ComplianceType": "INSUFFICIENT_DATA"}),
        ("other", {}),
    ):
        code, _ = refused(config.put_external_evaluation, ConfigRuleName=rule, ExternalEvaluation=given | changed)
        assert code == INVALID
    code, _ = refused(config.put_external_evaluation, ConfigRuleName="nobody", ExternalEvaluation=given)
    assert code == "NoSuchConfigRuleException"
    rules.evaluated("other")  # in the same round as the process check would be
    assert rules.results("asked") == {account: ("COMPLIANT", "Read on Monday.")}
