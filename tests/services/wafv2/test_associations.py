"""Which web ACL protects what, through boto3."""

from __future__ import annotations

from typing import Any

import pytest

from garrison.testing import Account
from tests.services.refusals import refused
from tests.services.wafv2.documents import web_acl

REGIONAL = {
    "APPLICATION_LOAD_BALANCER": "arn:aws:elasticloadbalancing:us-east-1:{account}:loadbalancer/app/{name}/0123456789abcdef",
    "API_GATEWAY": "arn:aws:apigateway:us-east-1::/restapis/{name}/stages/prod",
    "APPSYNC": "arn:aws:appsync:us-east-1:{account}:apis/{name}",
    "COGNITO_USER_POOL": "arn:aws:cognito-idp:us-east-1:{account}:userpool/us-east-1_{name}",
    "APP_RUNNER_SERVICE": "arn:aws:apprunner:us-east-1:{account}:service/{name}/0123",
    "VERIFIED_ACCESS_INSTANCE": "arn:aws:ec2:us-east-1:{account}:verified-access-instance/vai-{name}",
    "AGENTCORE_GATEWAY": "arn:aws:bedrock-agentcore:us-east-1:{account}:gateway/{name}",
}
GLOBAL = {
    "AMPLIFY": "arn:aws:amplify:us-east-1:{account}:apps/{name}",
    None: "arn:aws:cloudfront::{account}:distribution/{name}",
}


@pytest.mark.parametrize(
    ("scope", "type", "form"),
    [("REGIONAL", *each) for each in REGIONAL.items()] + [("CLOUDFRONT", *each) for each in GLOBAL.items()],
)
def test_a_resource_is_protected_and_its_adapter_finds_the_bundle(
    account: Account, waf: Any, own: Any, name: str, scope: str, type: str | None, form: str
) -> None:
    resource = form.format(account=account.account_id, name=name)
    summary = waf.create_web_acl(**web_acl(name, Scope=scope))["Summary"]
    assert "WebACL" not in waf.get_web_acl_for_resource(ResourceArn=resource)
    waf.associate_web_acl(WebACLArn=summary["ARN"], ResourceArn=resource)
    assert waf.get_web_acl_for_resource(ResourceArn=resource)["WebACL"]["ARN"] == summary["ARN"]
    asked = {"ResourceType": type} if type else {}
    assert waf.list_resources_for_web_acl(WebACLArn=summary["ARN"], **asked)["ResourceArns"] == [resource]
    assert own.get_web_acl_bundle(ResourceArn=resource)["WebAclArn"] == summary["ARN"]
    named = {"Name": name, "Scope": scope, "Id": summary["Id"], "LockToken": summary["LockToken"]}
    assert refused(waf.delete_web_acl, **named)[0] == "WAFAssociatedItemException"
    waf.disassociate_web_acl(ResourceArn=resource)
    waf.disassociate_web_acl(ResourceArn=resource)
    assert refused(own.get_web_acl_bundle, ResourceArn=resource)[0] == "ResourceNotFoundException"
    waf.delete_web_acl(**named)


def test_a_resource_has_one_web_acl(account: Account, waf: Any, name: str) -> None:
    resource = REGIONAL["APPSYNC"].format(account=account.account_id, name=name)
    first = waf.create_web_acl(**web_acl(name))["Summary"]["ARN"]
    second = waf.create_web_acl(**web_acl(f"{name}-second"))["Summary"]["ARN"]
    for arn in (first, second):
        waf.associate_web_acl(WebACLArn=arn, ResourceArn=resource)
    assert waf.list_resources_for_web_acl(WebACLArn=first, ResourceType="APPSYNC")["ResourceArns"] == []
    assert waf.get_web_acl_for_resource(ResourceArn=resource)["WebACL"]["ARN"] == second


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:elasticloadbalancing:us-east-1:{account}:loadbalancer/net/one/0123456789abcdef",
        "arn:aws:elasticloadbalancing:eu-west-1:{account}:loadbalancer/app/one/0123456789abcdef",
        "arn:aws:s3:::a-bucket-of-some-name",
        "arn:aws:cloudfront::{account}:distribution/E123",
    ],
)
def test_what_cannot_be_protected_is_refused(account: Account, waf: Any, name: str, resource: str) -> None:
    arn = waf.create_web_acl(**web_acl(name))["Summary"]["ARN"]
    code, message = refused(
        waf.associate_web_acl, WebACLArn=arn, ResourceArn=resource.format(account=account.account_id)
    )
    assert code == "WAFInvalidParameterException"
    assert "RESOURCE_ARN" in message


def test_a_web_acl_that_is_not_there_protects_nothing(account: Account, waf: Any, name: str) -> None:
    resource = REGIONAL["APPSYNC"].format(account=account.account_id, name=name)
    arn = f"arn:aws:wafv2:us-east-1:{account.account_id}:regional/webacl/{name}/00000000-0000-4000-8000-000000000000"
    assert refused(waf.associate_web_acl, WebACLArn=arn, ResourceArn=resource)[0] == "WAFNonexistentItemException"
    assert refused(waf.list_resources_for_web_acl, WebACLArn=arn)[0] == "WAFNonexistentItemException"
