"""Conformance packs through boto3: put, judged, changed, scored, removed."""

from __future__ import annotations

from typing import Any

import pytest

from garrison.testing import allow
from tests.services.config.conftest import Rules, wait
from tests.services.config.test_rules import BUCKET, THING
from tests.services.refusals import refused

PACK = f"""
Parameters:
  Deletion:
    Default: 'false'
    Type: String
Resources:
  Versioning:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: pack-versioning
      InputParameters: {{isMfaDeleteEnabled: !Ref Deletion}}
      Scope: {{ComplianceResourceTypes: ['{BUCKET}']}}
      Source: {{Owner: AWS, SourceIdentifier: S3_BUCKET_VERSIONING_ENABLED}}
  Unbuilt:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: pack-unbuilt
      Source: {{Owner: AWS, SourceIdentifier: VPC_VPN_2_TUNNELS_UP}}
  Guarded:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: pack-guarded
      Scope: {{ComplianceResourceTypes: ['Acme::Test::Packed']}}
      Source:
        Owner: CUSTOM_POLICY
        SourceDetails: [{{EventSource: aws.config, MessageType: ConfigurationItemChangeNotification}}]
        CustomPolicyDetails:
          PolicyRuntime: guard-2.x.x
          PolicyText: "rule good when resourceType == 'Acme::Test::Packed' {{\\n configuration.good == true\\n}}"
"""


@pytest.fixture(scope="module")
def pack(rules: Rules) -> str:
    """A pack that has judged."""
    rules.record(
        *(rules.item("Acme::Test::Packed", f"packed-{number}", {"good": number > 0}) for number in range(4)),
        rules.item(BUCKET, "packed", {}, supplementary={"BucketVersioningConfiguration": {"status": "Enabled"}}),
    )
    rules.config.put_conformance_pack(
        ConformancePackName="basics",
        TemplateBody=PACK,
        ConformancePackInputParameters=[{"ParameterName": "Deletion", "ParameterValue": "false"}],
        Tags=[{"Key": "team", "Value": "blue"}],
    )
    for name in ("pack-versioning", "pack-guarded"):
        rules.evaluated(f"{name}-{pack_id(rules, 'basics')}")
    return "basics"


def pack_id(rules: Rules, name: str) -> str:
    found = rules.config.describe_conformance_packs(ConformancePackNames=[name])["ConformancePackDetails"][0]
    return str(found["ConformancePackId"])


def names(rules: Rules, pack: str) -> list[str]:
    found = rules.config.describe_conformance_pack_compliance(ConformancePackName=pack)
    return [each["ConfigRuleName"] for each in found["ConformancePackRuleComplianceList"]]


def test_a_pack_is_shown_with_what_it_does_not_implement(rules: Rules, pack: str) -> None:
    [shown] = rules.config.describe_conformance_packs(ConformancePackNames=[pack])["ConformancePackDetails"]
    assert shown["ConformancePackArn"].endswith(f":conformance-pack/basics/{shown['ConformancePackId']}")
    assert shown["ConformancePackInputParameters"] == [{"ParameterName": "Deletion", "ParameterValue": "false"}]
    [status] = rules.config.describe_conformance_pack_status(ConformancePackNames=[pack])[
        "ConformancePackStatusDetails"
    ]
    assert status["ConformancePackState"] == "CREATE_COMPLETE"
    assert status["ConformancePackStatusReason"] == "Not implemented, and not counted: VPC_VPN_2_TUNNELS_UP"
    unbuilt = rules.status(f"pack-unbuilt-{shown['ConformancePackId']}")
    assert unbuilt["LastErrorCode"] == "NotImplemented" and not unbuilt["FirstEvaluationStarted"]
    tags = rules.config.list_tags_for_resource(ResourceArn=shown["ConformancePackArn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "blue"}]


def test_the_rules_of_a_pack_are_judged_and_its_score_counts_what_was_decided(rules: Rules, pack: str) -> None:
    found = rules.config.describe_conformance_pack_compliance(ConformancePackName=pack)
    said = {
        each["ConfigRuleName"].partition("-conformance")[0]: each["ComplianceType"]
        for each in found["ConformancePackRuleComplianceList"]
    }
    assert said["pack-guarded"] == "NON_COMPLIANT" and said["pack-unbuilt"] == "INSUFFICIENT_DATA"
    details = rules.config.get_conformance_pack_compliance_details(
        ConformancePackName=pack,
        Filters={"ConfigRuleNames": [f"pack-guarded-{pack_id(rules, pack)}"], "ComplianceType": "NON_COMPLIANT"},
    )["ConformancePackRuleEvaluationResults"]
    assert [each["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"] for each in details] == [
        "packed-0"
    ]
    assert details[0]["Annotation"] == "good: configuration.good == true: /configuration/good is false"
    filters = {"ConformancePackNames": [pack]}
    [score] = rules.config.list_conformance_pack_compliance_scores(Filters=filters)["ConformancePackComplianceScores"]
    results = rules.config.get_conformance_pack_compliance_details(ConformancePackName=pack)
    types = [each["ComplianceType"] for each in results["ConformancePackRuleEvaluationResults"]]
    decided = types.count("COMPLIANT") + types.count("NON_COMPLIANT")
    assert score["Score"] == f"{100 * types.count('COMPLIANT') / decided:.2f}"
    [summary] = rules.config.get_conformance_pack_compliance_summary(ConformancePackNames=[pack])[
        "ConformancePackComplianceSummaryList"
    ]
    assert summary["ConformancePackComplianceStatus"] == "NON_COMPLIANT"


def test_details_come_in_pages_and_by_resource(rules: Rules, pack: str) -> None:
    call = rules.config.get_conformance_pack_compliance_details
    whole = call(ConformancePackName=pack)["ConformancePackRuleEvaluationResults"]
    found, token = list[Any](), dict[str, str]()
    while True:
        page = call(ConformancePackName=pack, Limit=2, **token)
        found += page["ConformancePackRuleEvaluationResults"]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert found == whole and len(whole) >= 5
    some = call(ConformancePackName=pack, Filters={"ResourceType": "Acme::Test::Packed", "ResourceIds": ["packed-1"]})
    assert len(some["ConformancePackRuleEvaluationResults"]) == 1
    assert (
        refused(call, ConformancePackName=pack, Filters={"ResourceIds": ["x"]})[0] == "InvalidParameterValueException"
    )
    filters = {"ConfigRuleNames": ["no-such-rule"]}
    code = refused(call, ConformancePackName=pack, Filters=filters)[0]
    assert code == "NoSuchConfigRuleInConformancePackException"


def test_rules_of_a_pack_are_changed_only_with_it(rules: Rules, pack: str) -> None:
    name = names(rules, pack)[0]
    [rule] = rules.config.describe_config_rules(ConfigRuleNames=[name])["ConfigRules"]
    assert rule["CreatedBy"] == "config-conforms.amazonaws.com"
    assert refused(rules.config.delete_config_rule, ConfigRuleName=name)[0] == "AccessDeniedException"
    changed = {"ConfigRuleName": name, "Source": {"Owner": "AWS", "SourceIdentifier": "IAM_PASSWORD_POLICY"}}
    assert refused(rules.config.put_config_rule, ConfigRule=changed)[0] == "AccessDeniedException"


def test_a_pack_is_changed_and_removed_with_its_rules(rules: Rules) -> None:
    rules.config.put_conformance_pack(ConformancePackName="changing", TemplateBody=PACK)
    before = {name: rules.status(name)["ConfigRuleId"] for name in names(rules, "changing")}
    without = PACK.replace(
        "Unbuilt:\n    Type: AWS::Config::ConfigRule", "Unbuilt:\n    Type: AWS::Config::RemediationConfiguration"
    )
    rules.config.put_conformance_pack(ConformancePackName="changing", TemplateBody=without)
    after = {name: rules.status(name)["ConfigRuleId"] for name in names(rules, "changing")}
    assert len(before) == 3 and len(after) == 2 and after.items() <= before.items()
    rules.config.delete_conformance_pack(ConformancePackName="changing")
    assert (
        refused(rules.config.describe_conformance_packs, ConformancePackNames=["changing"])[0]
        == "NoSuchConformancePackException"
    )
    assert refused(rules.config.describe_config_rules, ConfigRuleNames=list(after))[0] == "NoSuchConfigRuleException"
    assert (
        refused(rules.config.delete_conformance_pack, ConformancePackName="changing")[0]
        == "NoSuchConformancePackException"
    )


TEMPLATE = "ConformancePackTemplateValidationException"


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        ({}, "InvalidParameterValueException", "only one"),
        ({"TemplateBody": "a", "TemplateS3Uri": "s3://a/b"}, "InvalidParameterValueException", "only one"),
        ({"TemplateSSMDocumentDetails": {"DocumentName": "abc"}}, "InvalidParameterValueException", "Systems Manager"),
        ({"TemplateBody": "- 1"}, TEMPLATE, "not an object"),
        ({"TemplateBody": PACK.replace("VPC_VPN_2_TUNNELS_UP", "NO_SUCH")}, TEMPLATE, "no managed rule NO_SUCH"),
        ({"TemplateBody": PACK.replace("pack-unbuilt", "pack-guarded")}, TEMPLATE, "the same name"),
        ({"TemplateBody": PACK.replace("good == true", "good ==")}, TEMPLATE, "not a valid Guard policy"),
        ({"TemplateBody": PACK.replace("Owner: CUSTOM_POLICY", "Owner: ME")}, TEMPLATE, "no Owner"),
        ({"TemplateBody": PACK.replace("AWS::Config::ConfigRule", "AWS::IAM::User")}, TEMPLATE, "AWS::IAM::User"),
        (
            {"TemplateBody": PACK, "ConformancePackInputParameters": [{"ParameterName": "X", "ParameterValue": "1"}]},
            TEMPLATE,
            "no parameter X",
        ),
        ({"TemplateS3Uri": "s3://nowhere"}, "InvalidParameterValueException", "names no object"),
        ({"TemplateS3Uri": "s3://nowhere-at-all/x"}, "InsufficientPermissionsException", "NoSuchBucket"),
    ],
)
def test_a_pack_that_cannot_be_is_refused(rules: Rules, request_: dict[str, Any], code: str, words: str) -> None:
    found = refused(rules.config.put_conformance_pack, ConformancePackName="refused", **request_)
    assert found[0] == code and words in found[1], found


def test_a_template_comes_from_and_goes_to_buckets_with_the_callers_rights(rules: Rules) -> None:
    s3 = rules.account.client("s3")
    for bucket in ("pack-templates", "pack-delivery"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket="pack-templates", Key="basics.yaml", Body=PACK.encode())
    uri = "s3://pack-templates/basics.yaml"
    person = rules.account.user("packer", [allow("config:*")])
    denied = refused(person.client("config").put_conformance_pack, ConformancePackName="stored", TemplateS3Uri=uri)
    assert denied[0] == "InsufficientPermissionsException" and "AccessDenied" in denied[1]
    rules.config.put_conformance_pack(
        ConformancePackName="stored", TemplateS3Uri=uri, DeliveryS3Bucket="pack-delivery", DeliveryS3KeyPrefix="kept"
    )
    [kept] = s3.list_objects_v2(Bucket="pack-delivery", Prefix="kept/")["Contents"]
    assert s3.get_object(Bucket="pack-delivery", Key=kept["Key"])["Body"].read() == PACK.encode()
    assert len(names(rules, "stored")) == 3
    rules.config.delete_conformance_pack(ConformancePackName="stored")


def test_packs_are_listed_in_pages_and_scores_in_order(rules: Rules, pack: str) -> None:
    for name in ("zz-first", "zz-second"):
        rules.config.put_conformance_pack(
            ConformancePackName=name, TemplateBody=PACK.replace("Acme::Test::Packed", THING)
        )
    page = rules.config.describe_conformance_packs(Limit=1)
    rest = rules.config.describe_conformance_packs(NextToken=page["NextToken"])
    listed = [each["ConformancePackName"] for part in (page, rest) for each in part["ConformancePackDetails"]]
    assert listed == sorted(listed) and {"basics", "zz-first", "zz-second"} <= set(listed)
    scores = rules.config.list_conformance_pack_compliance_scores
    by_name = [
        each["ConformancePackName"] for each in scores(SortOrder="DESCENDING")["ConformancePackComplianceScores"]
    ]
    assert by_name == sorted(by_name, reverse=True)
    wait(
        lambda: (
            "INSUFFICIENT_DATA"
            not in [each["Score"] for each in scores(SortBy="SCORE")["ConformancePackComplianceScores"]]
        )
    )
    values = [float(each["Score"]) for each in scores(SortBy="SCORE")["ConformancePackComplianceScores"]]
    assert values == sorted(values)
    for name in ("zz-first", "zz-second"):
        rules.config.delete_conformance_pack(ConformancePackName=name)
