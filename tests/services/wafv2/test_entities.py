"""Web ACLs, rule groups and sets through boto3: made, read, listed, replaced, deleted, tagged."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from garrison.testing import Account
from tests.services.refusals import refused
from tests.services.wafv2.documents import byte_match, in_set, ip_set, regex_set, rule, rule_group, visible, web_acl

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
OTHER = "00000000-0000-4000-8000-000000000000"

KINDS: dict[str, tuple[str, Callable[[str], dict[str, Any]], str]] = {
    "webacl": ("web_acl", web_acl, "WebACL"),
    "rulegroup": ("rule_group", rule_group, "RuleGroup"),
    "ipset": ("ip_set", lambda name: ip_set(name, "192.0.2.0/24"), "IPSet"),
    "regexpatternset": ("regex_pattern_set", lambda name: regex_set(name, "^/admin"), "RegexPatternSet"),
}


class Kind:
    """One of the four kinds, its operations, and how one is made."""

    def __init__(self, waf: Any, kind: str) -> None:
        self.waf, self.kind = waf, kind
        self.operation, self._parameters, self.member = KINDS[kind]
        self.create, self.get = self._call("create"), self._call("get")
        self.update, self.delete = self._call("update"), self._call("delete")
        self.list = getattr(waf, f"list_{self.operation}s")
        self.names: list[dict[str, Any]] = []

    def _call(self, verb: str) -> Callable[..., Any]:
        return getattr(self.waf, f"{verb}_{self.operation}")  # type: ignore[no-any-return]

    def parameters(self, name: str, **others: Any) -> dict[str, Any]:
        return self._parameters(name) | others

    def made(self, name: str, **others: Any) -> dict[str, Any]:
        """A new one's Name, Id, Scope and LockToken."""
        parameters = self.parameters(name, **others)
        summary = self.create(**parameters)["Summary"]
        named = {"Name": name, "Id": summary["Id"], "Scope": parameters["Scope"]}
        self.names.append(named)
        return named | {"LockToken": summary["LockToken"]}

    def clear(self) -> None:
        """Delete what was made: there may be ten sets of patterns only."""
        for named in self.names:
            try:
                token = self.get(**named)["LockToken"]
            except self.waf.exceptions.WAFNonexistentItemException:
                continue
            self.delete(**named, LockToken=token)


@pytest.fixture(params=KINDS)
def kind(waf: Any, request: pytest.FixtureRequest) -> Any:
    made = Kind(waf, request.param)
    yield made
    made.clear()


def without_token(named: dict[str, Any]) -> dict[str, Any]:
    return {member: named[member] for member in ("Name", "Id", "Scope")}


@pytest.mark.parametrize(("scope", "where"), [("REGIONAL", "regional"), ("CLOUDFRONT", "global")])
def test_one_has_a_name_an_id_and_an_arn(account: Account, kind: Kind, name: str, scope: str, where: str) -> None:
    summary = kind.create(**kind.parameters(name, Scope=scope))["Summary"]
    kind.names.append({"Name": name, "Id": summary["Id"], "Scope": scope})
    assert re.fullmatch(UUID, summary["Id"])
    assert re.fullmatch(UUID, summary["LockToken"])
    assert summary["ARN"] == f"arn:aws:wafv2:us-east-1:{account.account_id}:{where}/{kind.kind}/{name}/{summary['Id']}"


def test_what_is_read_is_what_was_made(kind: Kind, name: str) -> None:
    named = kind.made(name, Description="for tests")
    answer = kind.get(**without_token(named))
    shown = answer[kind.member]
    assert answer["LockToken"] == named["LockToken"]
    assert shown["Description"] == "for tests"
    given = {member: value for member, value in kind.parameters(name).items() if member != "Scope"}
    assert given.items() <= shown.items()


def test_a_name_is_given_once_in_a_scope(kind: Kind, name: str) -> None:
    kind.made(name)
    kind.made(name, Scope="CLOUDFRONT")
    code, message = refused(kind.create, **kind.parameters(name))
    assert code == "WAFDuplicateItemException"
    assert "duplicate" in message


def test_a_change_needs_the_lock_token_of_the_last_one(kind: Kind, name: str) -> None:
    named = kind.made(name)
    fixed = ("Capacity", "IPAddressVersion")
    parameters = {member: value for member, value in kind.parameters(name).items() if member not in fixed}
    wrong = parameters | named | {"LockToken": OTHER}
    assert refused(kind.update, **wrong)[0] == "WAFOptimisticLockException"
    token = kind.update(**parameters | named | {"Description": "second"})["NextLockToken"]
    assert refused(kind.update, **parameters | named)[0] == "WAFOptimisticLockException"
    answer = kind.get(**without_token(named))
    assert answer["LockToken"] == token
    assert answer[kind.member]["Description"] == "second"
    assert refused(kind.delete, **named)[0] == "WAFOptimisticLockException"
    kind.delete(**named | {"LockToken": token})
    assert refused(kind.get, **without_token(named))[0] == "WAFNonexistentItemException"


def test_name_scope_and_id_belong_together(kind: Kind, name: str) -> None:
    named = without_token(kind.made(name))
    for wrong in ({"Id": OTHER}, {"Scope": "CLOUDFRONT"}, {"Name": f"{name}-other"}):
        assert refused(kind.get, **named | wrong)[0] == "WAFNonexistentItemException"


def test_listings_come_in_pages(kind: Kind, name: str) -> None:
    names = [f"{name}-{letter}" for letter in "abc"]
    for one in names:
        kind.made(one)
    pages, marker = [], {}
    while marker is not None:
        pages.append(kind.list(Scope="REGIONAL", Limit=2, **marker))
        marker = {"NextMarker": pages[-1]["NextMarker"]} if "NextMarker" in pages[-1] else None
    member = f"{kind.member}s"
    found = [one["Name"] for page in pages for one in page[member]]
    assert all(len(page[member]) <= 2 for page in pages)
    assert [one for one in found if one.startswith(f"{name}-")] == names
    assert found == sorted(found)
    assert refused(kind.list, Scope="REGIONAL", NextMarker="no-such")[0] == "WAFInvalidParameterException"


def test_tags_are_put_and_taken_off(waf: Any, kind: Kind, name: str) -> None:
    kind.made(name, Tags=[{"Key": "team", "Value": "blue"}])
    arn = kind.get(**kind.names[-1])[kind.member]["ARN"]
    waf.tag_resource(ResourceARN=arn, Tags=[{"Key": "env", "Value": "prod"}, {"Key": "team", "Value": "red"}])
    info = waf.list_tags_for_resource(ResourceARN=arn)["TagInfoForResource"]
    assert info["ResourceARN"] == arn
    assert info["TagList"] == [{"Key": "env", "Value": "prod"}, {"Key": "team", "Value": "red"}]
    first = waf.list_tags_for_resource(ResourceARN=arn, Limit=1)
    rest = waf.list_tags_for_resource(ResourceARN=arn, NextMarker=first["NextMarker"])
    assert [tag["Key"] for page in (first, rest) for tag in page["TagInfoForResource"]["TagList"]] == ["env", "team"]
    waf.untag_resource(ResourceARN=arn, TagKeys=["team", "absent"])
    left = waf.list_tags_for_resource(ResourceARN=arn)["TagInfoForResource"]["TagList"]
    assert left == [{"Key": "env", "Value": "prod"}]
    own = [{"Key": "aws:x", "Value": ""}]
    assert refused(waf.tag_resource, ResourceARN=arn, Tags=own)[0] == "WAFInvalidParameterException"
    many = [{"Key": f"key-{number}", "Value": ""} for number in range(50)]
    assert refused(waf.tag_resource, ResourceARN=arn, Tags=many)[0] == "WAFLimitsExceededException"
    missing = arn[: -len(OTHER)] + OTHER
    assert refused(waf.list_tags_for_resource, ResourceARN=missing)[0] == "WAFNonexistentItemException"


def test_cloudfront_is_called_in_one_region_only(account: Account) -> None:
    elsewhere = account.client("wafv2", region_name="eu-west-1")
    code, message = refused(elsewhere.list_web_acls, Scope="CLOUDFRONT")
    assert code == "WAFInvalidParameterException"
    assert message == "Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT"


def test_what_is_in_use_is_not_deleted(waf: Any, name: str) -> None:
    def named(summary: dict[str, Any]) -> dict[str, Any]:
        return {"Scope": "REGIONAL"} | {member: summary[member] for member in ("Name", "Id", "LockToken")}

    addresses = waf.create_ip_set(**ip_set(name, "192.0.2.0/24"))["Summary"]
    group = waf.create_rule_group(**rule_group(name, rule("in-set", in_set(addresses["ARN"]))))["Summary"]
    refers = {"RuleGroupReferenceStatement": {"ARN": group["ARN"]}}
    acl = waf.create_web_acl(**web_acl(name, rule("group", refers, OverrideAction={"None": {}})))["Summary"]
    assert refused(waf.delete_ip_set, **named(addresses))[0] == "WAFAssociatedItemException"
    assert refused(waf.delete_rule_group, **named(group))[0] == "WAFAssociatedItemException"
    waf.delete_web_acl(**named(acl))
    waf.delete_rule_group(**named(group))
    waf.delete_ip_set(**named(addresses))


def test_a_web_acl_is_found_by_its_arn_too(waf: Any, name: str) -> None:
    arn = waf.create_web_acl(**web_acl(name, rule("one", byte_match(b"\x00\xff"))))["Summary"]["ARN"]
    shown = waf.get_web_acl(ARN=arn)["WebACL"]
    assert shown["Rules"][0]["Statement"]["ByteMatchStatement"]["SearchString"] == b"\x00\xff"
    assert shown["LabelNamespace"].endswith(f":webacl:{name}:")
    assert shown["Capacity"] == 10
    assert refused(waf.get_web_acl, Name=name)[0] == "WAFInvalidParameterException"
    assert refused(waf.get_web_acl, ARN=arn.replace("webacl", "ipset"))[0] == "WAFInvalidParameterException"


def test_an_update_replaces_everything(waf: Any, name: str) -> None:
    parameters = web_acl(name, rule("one", byte_match()), TokenDomains=["example.com"])
    summary = waf.create_web_acl(**parameters)["Summary"]
    named = {"Name": name, "Scope": "REGIONAL", "Id": summary["Id"]}
    waf.update_web_acl(
        **named, LockToken=summary["LockToken"], DefaultAction={"Block": {}}, VisibilityConfig=visible("other")
    )
    shown = waf.get_web_acl(**named)["WebACL"]
    assert shown["Rules"] == []
    assert shown["DefaultAction"] == {"Block": {}}
    assert "TokenDomains" not in shown


def test_a_rule_group_tells_of_its_labels(waf: Any, account: Account, name: str) -> None:
    looks = {"LabelMatchStatement": {"Scope": "LABEL", "Key": "awswaf:managed:aws:core-rule-set:NoUserAgent_Header"}}
    adds = {"RuleLabels": [{"Name": "ns:one"}], "Action": {"Count": {}}}
    waf.create_rule_group(**rule_group(name, rule("looks", looks), rule("adds", byte_match(), 1, **adds)))
    summary = next(one for one in waf.list_rule_groups(Scope="REGIONAL")["RuleGroups"] if one["Name"] == name)
    shown = waf.get_rule_group(ARN=summary["ARN"])["RuleGroup"]
    space = f"awswaf:{account.account_id}:rulegroup:{name}:"
    assert shown["LabelNamespace"] == space
    assert shown["AvailableLabels"] == [{"Name": f"{space}ns:one"}]
    assert shown["ConsumedLabels"] == [{"Name": "awswaf:managed:aws:core-rule-set:NoUserAgent_Header"}]


def test_a_rule_group_keeps_within_its_capacity(waf: Any, name: str) -> None:
    short = rule_group(name, rule("one", byte_match()), capacity=9)
    code, message = refused(waf.create_rule_group, **short)
    assert code == "WAFInvalidParameterException"
    assert "capacity setting that's too low" in message
    summary = waf.create_rule_group(**short | {"Capacity": 10})["Summary"]
    two = {"Rules": [rule("one", byte_match()), rule("two", byte_match(b"x"), 1)], "VisibilityConfig": visible("m")}
    named = {"Name": name, "Scope": "REGIONAL", "Id": summary["Id"], "LockToken": summary["LockToken"]}
    assert refused(waf.update_rule_group, **named, **two)[0] == "WAFInvalidParameterException"
    assert refused(waf.create_rule_group, **short | {"Capacity": 5001})[0] == "WAFLimitsExceededException"


def test_quotas_are_kept(account: Account, name: str) -> None:
    waf = account.client("wafv2", region_name="eu-central-1")
    for number in range(10):
        waf.create_regex_pattern_set(**regex_set(f"{name}-{number}", "a"))
    code, message = refused(waf.create_regex_pattern_set, **regex_set(f"{name}-10", "a"))
    assert code == "WAFLimitsExceededException"
    assert "exceeded your resource limit" in message
    many = [f"10.{number >> 8}.{number & 255}.0/24" for number in range(10_001)]
    assert refused(waf.create_ip_set, **ip_set(name, *many))[0] == "WAFLimitsExceededException"


@pytest.mark.parametrize(
    ("version", "given", "kept"),
    [
        ("IPV4", ["192.0.2.44/32", "10.1.2.3/8", "10.0.0.0/8"], ["192.0.2.44/32", "10.0.0.0/8"]),
        ("IPV6", ["2001:DB8::1/128", "2001:db8:0::/32"], ["2001:db8::1/128", "2001:db8::/32"]),
        ("IPV4", [], []),
    ],
)
def test_addresses_are_networks(waf: Any, name: str, version: str, given: list[str], kept: list[str]) -> None:
    summary = waf.create_ip_set(**ip_set(name, *given, IPAddressVersion=version))["Summary"]
    assert waf.get_ip_set(Name=name, Scope="REGIONAL", Id=summary["Id"])["IPSet"]["Addresses"] == kept


@pytest.mark.parametrize("address", ["0.0.0.0/0", "2001:db8::/32"])
def test_what_is_no_network_is_refused(waf: Any, name: str, address: str) -> None:
    with pytest.raises(waf.exceptions.WAFInvalidParameterException) as caught:
        waf.create_ip_set(**ip_set(name, address))
    reason = "The parameter contains formatting that is not valid."
    answer = caught.value.response
    assert (answer["Field"], answer["Parameter"], answer["Reason"]) == ("IP_ADDRESS", address, reason)
    assert answer["Error"]["Message"] == f"Error reason: {reason}, field: IP_ADDRESS, parameter: {address}"


def test_policies_decide_by_resource_and_tag(account: Account, waf: Any, name: str) -> None:
    arn = waf.create_web_acl(**web_acl(name), Tags=[{"Key": "team", "Value": "blue"}])["Summary"]["ARN"]
    other = waf.create_web_acl(**web_acl(f"{name}-other"))["Summary"]["ARN"]
    blue = {"StringEquals": {"aws:ResourceTag/team": "blue"}}
    policy = {"Effect": "Allow", "Action": "wafv2:Get*", "Resource": "*", "Condition": blue}
    mine = account.user(name, [policy]).client("wafv2")
    assert mine.get_web_acl(ARN=arn)["WebACL"]["Name"] == name
    assert refused(mine.get_web_acl, ARN=other)[0] == "AccessDeniedException"
    assert refused(mine.create_web_acl, **web_acl(f"{name}-new"))[0] == "AccessDeniedException"


def test_of_changes_with_the_same_token_one_wins(account: Account, waf: Any, name: str) -> None:
    made = waf.create_ip_set(**ip_set(name))["Summary"]
    named = {"Name": name, "Scope": "REGIONAL", "Id": made["Id"], "LockToken": made["LockToken"]}

    def change(number: int) -> str:
        try:
            account.client("wafv2").update_ip_set(**named, Addresses=[f"192.0.2.{number}/32"])
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "changed"

    with ThreadPoolExecutor(4) as threads:
        outcomes = sorted(threads.map(change, range(4)))
    assert outcomes == ["WAFOptimisticLockException"] * 3 + ["changed"]
