"""Access Analyzer through botocore: checks, validation, analyzers, findings and their lives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"
OUTSIDE = "444455556666"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal: Any, **further: Any) -> str:
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **further})


READ = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
WRITE = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*"}


def refusal(call: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        call(**request)
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def test_new_access_is_told_with_its_statements(api: Any) -> None:
    check = api.accessanalyzer.check_no_new_access
    same = check(newPolicyDocument=policy(READ), existingPolicyDocument=policy(READ), policyType="IDENTITY_POLICY")
    assert same["result"] == "PASS"
    more = check(
        newPolicyDocument=policy(READ, WRITE), existingPolicyDocument=policy(READ), policyType="IDENTITY_POLICY"
    )
    assert more["result"] == "FAIL"
    (reason,) = more["reasons"]
    assert (reason["statementIndex"], reason["description"]) == (1, "New access in the statement with index: 1.")


def test_trust_policies_are_checked_as_resource_policies(api: Any) -> None:
    answer = api.accessanalyzer.check_no_new_access(
        newPolicyDocument=trust({"AWS": OUTSIDE}),
        existingPolicyDocument=trust({"AWS": ACCOUNT}),
        policyType="RESOURCE_POLICY",
    )
    assert answer["result"] == "FAIL"


def test_access_that_must_not_be_granted_is_found(api: Any) -> None:
    check = api.accessanalyzer.check_access_not_granted
    found = check(policyDocument=policy(READ), access=[{"actions": ["s3:Get*"]}], policyType="IDENTITY_POLICY")
    assert (found["result"], found["reasons"][0]["statementId"]) == ("FAIL", "Read")
    clean = check(policyDocument=policy(READ), access=[{"actions": ["s3:PutObject"]}], policyType="IDENTITY_POLICY")
    assert clean["result"] == "PASS"
    code, _ = refusal(check, policyDocument=policy(READ), access=[{}], policyType="IDENTITY_POLICY")
    assert code == "ValidationException"


def test_public_access_is_found(api: Any) -> None:
    check = api.accessanalyzer.check_no_public_access
    kind = "AWS::IAM::AssumeRolePolicyDocument"
    assert check(policyDocument=trust("*"), resourceType=kind)["result"] == "FAIL"
    assert check(policyDocument=trust({"AWS": OUTSIDE}), resourceType=kind)["result"] == "PASS"


@pytest.mark.parametrize("text", ["{", "[]", '{"Version": "2012-10-17"}', policy({**READ, "Effect": "Maybe"})])
def test_policies_that_are_none_are_refused(api: Any, text: str) -> None:
    code, message = refusal(
        api.accessanalyzer.check_no_new_access,
        newPolicyDocument=text,
        existingPolicyDocument=policy(READ),
        policyType="IDENTITY_POLICY",
    )
    assert code == "InvalidParameterException"
    assert message.startswith("The policy document is not valid")


def test_findings_of_validation_come_in_pages(api: Any) -> None:
    text = policy({**READ, "Action": [f"s3:Nothing{number}" for number in range(5)]})
    pages = list(
        api.accessanalyzer.get_paginator("validate_policy").paginate(
            policyDocument=text, policyType="IDENTITY_POLICY", PaginationConfig={"PageSize": 2}
        )
    )
    findings = [finding for page in pages for finding in page["findings"]]
    assert [len(page["findings"]) for page in pages] == [2, 2, 1]
    assert {finding["issueCode"] for finding in findings} == {"INVALID_ACTION"}
    start = findings[0]["locations"][0]["span"]["start"]
    assert text[start["offset"] :].startswith('"s3:Nothing0"')


def test_a_token_is_good_for_its_own_question_only(api: Any) -> None:
    validate = api.accessanalyzer.validate_policy
    texts = [policy({**READ, "Action": [f"s3:No{number}{letter}" for number in range(3)]}) for letter in "ab"]
    first = validate(policyDocument=texts[0], policyType="IDENTITY_POLICY", maxResults=1)
    code, _ = refusal(validate, policyDocument=texts[1], policyType="IDENTITY_POLICY", nextToken=first["nextToken"])
    assert code == "ValidationException"
    code, _ = refusal(validate, policyDocument=texts[0], policyType="IDENTITY_POLICY", nextToken="nonsense")
    assert code == "ValidationException"


@pytest.fixture
def analyzer(api: Any) -> str:
    """The ARN of an analyzer over roles that trust somebody outside, nobody outside, and everybody."""
    for name, document in (
        ("outside", trust({"AWS": OUTSIDE})),
        ("inside", trust({"AWS": ACCOUNT})),
        ("service", trust({"Service": "ec2.amazonaws.com"})),
        ("guarded", trust("*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})),
        ("public", trust("*")),
    ):
        api.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    return str(api.accessanalyzer.create_analyzer(analyzerName="external", type="ACCOUNT")["arn"])


def findings(api: Any, analyzer: str, **further: Any) -> dict[str, dict[str, Any]]:
    found = api.accessanalyzer.list_findings(analyzerArn=analyzer, **further)["findings"]
    return {finding["resource"].rpartition("/")[2]: finding for finding in found}


def test_an_analyzer_finds_who_gets_in_from_outside(api: Any, analyzer: str) -> None:
    found = findings(api, analyzer)
    assert set(found) == {"outside", "public"}
    assert found["outside"]["principal"] == {"AWS": OUTSIDE}
    assert (found["outside"]["isPublic"], found["public"]["isPublic"]) == (False, True)
    assert found["outside"]["action"] == ["sts:AssumeRole"]
    one = api.accessanalyzer.get_finding_v2(analyzerArn=analyzer, id=found["public"]["id"])
    assert one["findingDetails"][0]["externalAccessDetails"]["principal"] == {"AWS": "*"}
    shown = api.accessanalyzer.get_analyzed_resource(analyzerArn=analyzer, resourceArn=one["resource"])["resource"]
    assert (shown["isPublic"], shown["status"]) == (True, "ACTIVE")
    listed = api.accessanalyzer.list_analyzed_resources(analyzerArn=analyzer)["analyzedResources"]
    assert len(listed) >= 5


def test_a_finding_is_resolved_when_the_access_is_gone_and_comes_back_with_it(api: Any, analyzer: str) -> None:
    before = findings(api, analyzer)["outside"]
    for document, status in ((trust({"AWS": ACCOUNT}), "RESOLVED"), (trust({"AWS": OUTSIDE}), "ACTIVE")):
        api.iam.update_assume_role_policy(RoleName="outside", PolicyDocument=document)
        api.accessanalyzer.start_resource_scan(analyzerArn=analyzer, resourceArn=before["resource"])
        after = findings(api, analyzer)["outside"]
        assert (after["id"], after["status"]) == (before["id"], status)
    api.iam.delete_role(RoleName="outside")
    api.accessanalyzer.start_resource_scan(analyzerArn=analyzer, resourceArn=before["resource"])
    assert findings(api, analyzer)["outside"]["status"] == "RESOLVED"


def test_findings_are_archived_by_hand_and_by_rules(api: Any, analyzer: str) -> None:
    found = findings(api, analyzer)
    client = api.accessanalyzer
    client.update_findings(analyzerArn=analyzer, ids=[found["outside"]["id"]], status="ARCHIVED")
    assert set(findings(api, analyzer, filter={"status": {"eq": ["ARCHIVED"]}})) == {"outside"}
    rule = {"isPublic": {"eq": ["true"]}}
    client.create_archive_rule(analyzerName="external", ruleName="Public", filter=rule)
    assert set(findings(api, analyzer, filter={"status": {"eq": ["ACTIVE"]}})) == {"public"}
    client.apply_archive_rule(analyzerArn=analyzer, ruleName="Public")
    assert findings(api, analyzer, filter={"status": {"eq": ["ACTIVE"]}}) == {}
    assert client.get_archive_rule(analyzerName="external", ruleName="Public")["archiveRule"]["filter"] == rule
    client.update_archive_rule(
        analyzerName="external", ruleName="Public", filter={"principal.AWS": {"contains": [OUTSIDE]}}
    )
    assert len(client.list_archive_rules(analyzerName="external")["archiveRules"]) == 1
    client.delete_archive_rule(analyzerName="external", ruleName="Public")
    statistics = client.get_findings_statistics(analyzerArn=analyzer)["findingsStatistics"][0]
    assert statistics["externalAccessFindingsStatistics"]["totalArchivedFindings"] == 2


def test_a_finding_has_a_history(api: Any, analyzer: str) -> None:
    from garrison.services.accessanalyzer.resources import AccessFinding

    found = findings(api, analyzer)["outside"]
    api.accessanalyzer.update_findings(analyzerArn=analyzer, resourceArn=found["resource"], status="ARCHIVED")
    with api.store.reading(ACCOUNT, "us-east-1") as unit:
        versions = unit.history(AccessFinding, "external", found["id"])
    assert [version.resource.status for version in versions] == ["ARCHIVED", "ACTIVE"]


def test_analyzers_are_shown_tagged_and_deleted(api: Any, analyzer: str) -> None:
    client = api.accessanalyzer
    client.tag_resource(resourceArn=analyzer, tags={"team": "security", "stage": "test"})
    client.untag_resource(resourceArn=analyzer, tagKeys=["stage"])
    assert client.list_tags_for_resource(resourceArn=analyzer)["tags"] == {"team": "security"}
    shown = client.get_analyzer(analyzerName="external")["analyzer"]
    assert (shown["arn"], shown["type"], shown["status"]) == (analyzer, "ACCOUNT", "ACTIVE")
    assert [one["name"] for one in client.list_analyzers()["analyzers"]] == ["external"]
    client.delete_analyzer(analyzerName="external")
    assert client.list_analyzers()["analyzers"] == []
    assert refusal(client.list_findings, analyzerArn=analyzer)[0] == "ResourceNotFoundException"


def test_what_cannot_be_is_refused(api: Any, analyzer: str) -> None:
    client = api.accessanalyzer
    assert refusal(client.create_analyzer, analyzerName="external", type="ACCOUNT")[0] == "ConflictException"
    assert refusal(client.create_analyzer, analyzerName="second", type="ACCOUNT")[0] == "ServiceQuotaExceededException"
    code, message = refusal(client.create_analyzer, analyzerName="unused", type="ACCOUNT_UNUSED_ACCESS")
    assert (code, "not supported" in message) == ("ValidationException", True)
    assert refusal(client.get_finding, analyzerArn=analyzer, id="none")[0] == "ResourceNotFoundException"
    wrong = {"nothing": {"eq": ["x"]}}
    assert refusal(client.list_findings, analyzerArn=analyzer, filter=wrong)[0] == "ValidationException"
    assert refusal(client.tag_resource, resourceArn=analyzer, tags={"aws:x": "y"})[0] == "ValidationException"
    assert refusal(client.update_findings, analyzerArn=analyzer, status="ARCHIVED")[0] == "ValidationException"
