"""What adapters are handed: GetWebAclBundle."""

from __future__ import annotations

from typing import Any

from garrison.testing import Account
from garrison.waf import bundle as bundles
from tests.services.refusals import refused
from tests.services.wafv2.documents import NONE, byte_match, in_set, ip_set, regex_set, rule, rule_group, web_acl


def test_a_bundle_has_all_that_a_web_acl_refers_to(waf: Any, own: Any, name: str) -> None:
    addresses = waf.create_ip_set(**ip_set(name, "192.0.2.0/24"))["Summary"]
    patterns = waf.create_regex_pattern_set(**regex_set(name, "^/admin"))["Summary"]
    inner = {"ARN": patterns["ARN"], "FieldToMatch": {"UriPath": {}}, "TextTransformations": NONE}
    in_group = rule("patterns", {"RegexPatternSetReferenceStatement": inner})
    group = waf.create_rule_group(**rule_group(name, in_group))["Summary"]
    acl = waf.create_web_acl(
        **web_acl(
            name,
            rule("not-in-set", {"NotStatement": {"Statement": in_set(addresses["ARN"])}}),
            rule("group", {"RuleGroupReferenceStatement": {"ARN": group["ARN"]}}, 1, OverrideAction={"None": {}}),
            rule("bytes", byte_match(b"\xfe\x00"), 2),
        )
    )["Summary"]

    answer = own.get_web_acl_bundle(WebAclArn=acl["ARN"])
    bundle = bundles.decode(answer["Bundle"].encode())
    assert answer["WebAclArn"] == bundle.web_acl.arn == acl["ARN"]
    assert answer["Digest"] == bundle.digest
    assert bundle.ip_sets == {addresses["ARN"]: ("192.0.2.0/24",)}
    assert bundle.regex_sets == {patterns["ARN"]: ("^/admin",)}
    assert bundle.rule_groups[group["ARN"]].rules[0].name == "patterns"
    assert bundle.rule_groups[group["ARN"]].label_namespace.endswith(f":rulegroup:{name}:")
    searched = bundle.web_acl.rules[2].statement.byte_match_statement
    assert searched is not None
    assert searched.search_string == b"\xfe\x00"
    assert own.get_web_acl_bundle(Name=name)["Digest"] == bundle.digest

    for _ in range(2):
        unchanged = own.get_web_acl_bundle(Name=name, Scope="REGIONAL", Digest=bundle.digest)
        assert unchanged["Digest"] == bundle.digest
        assert "Bundle" not in unchanged

    named = {"Name": name, "Scope": "REGIONAL", "Id": addresses["Id"], "LockToken": addresses["LockToken"]}
    waf.update_ip_set(**named, Addresses=["10.0.0.0/8"])
    changed = own.get_web_acl_bundle(Name=name, Digest=bundle.digest)
    assert changed["Digest"] != bundle.digest
    assert bundles.decode(changed["Bundle"].encode()).ip_sets == {addresses["ARN"]: ("10.0.0.0/8",)}


def test_what_is_not_there_has_no_bundle(waf: Any, own: Any, name: str) -> None:
    assert refused(own.get_web_acl_bundle, Name=name)[0] == "ResourceNotFoundException"
    assert refused(own.get_web_acl_bundle)[0] == "ValidationException"
    summary = waf.create_web_acl(**web_acl(name))["Summary"]
    digest = own.get_web_acl_bundle(Name=name)["Digest"]
    waf.delete_web_acl(Name=name, Scope="REGIONAL", Id=summary["Id"], LockToken=summary["LockToken"])
    assert refused(own.get_web_acl_bundle, Name=name, Digest=digest)[0] == "ResourceNotFoundException"


def test_an_adapter_may_be_let_have_one_web_acl_only(account: Account, waf: Any, name: str) -> None:
    arn = waf.create_web_acl(**web_acl(name))["Summary"]["ARN"]
    waf.create_web_acl(**web_acl(f"{name}-other"))
    allowed = {"Effect": "Allow", "Action": "garrison:GetWebAclBundle", "Resource": arn}
    adapter = account.user(f"adapter-{name}", [allowed]).client("garrison")
    assert adapter.get_web_acl_bundle(Name=name)["WebAclArn"] == arn
    assert refused(adapter.get_web_acl_bundle, Name=f"{name}-other")[0] == "AccessDeniedException"


def test_what_tells_nothing_new_is_not_recorded(account: Account, waf: Any, own: Any, name: str) -> None:
    waf.create_web_acl(**web_acl(name))
    digest = own.get_web_acl_bundle(Name=name)["Digest"]
    own.get_web_acl_bundle(Name=name, Digest="0" * 64)
    position = account.position()
    for _ in range(5):
        assert "Bundle" not in own.get_web_acl_bundle(Name=name, Digest=digest)
    stranger = account.user(f"stranger-{name}").client("garrison")
    assert refused(stranger.get_web_acl_bundle, Name=name, Digest=digest)[0] == "AccessDeniedException"
    (event,) = account.events("GetWebAclBundle", since=position)
    assert event["errorCode"] == "AccessDenied"
    assert event["eventCategory"] == "Data"
