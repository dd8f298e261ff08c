"""AWS WAF: the web ACLs of a region, where they log, its rule groups, and its sets of addresses and expressions."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Type

_SCOPE = {"Scope": "REGIONAL"}
_LISTED = Call("ListWebACLs", "WebACLs[]", params=_SCOPE)
_TAGS = Part(
    "",
    Call("ListTagsForResource", params={"ResourceARN": At("ARN")}),
    "TagInfoForResource.TagList",
    into=Place.TAGS,
)

WEB_ACL = Type(
    "AWS::WAFv2::WebACL",
    Call("GetWebACL", "WebACL", params={**_SCOPE, "Name": At("Name"), "Id": At("Id")}, each=_LISTED),
    id="Id",
    arn="ARN",
    title="Name",
    rename={"ARN": "resourceARN"},
    parts=(
        Part(
            "LoggingConfiguration",
            Call("GetLoggingConfiguration", params={"ResourceArn": At("ARN")}),
            "LoggingConfiguration",
            absent=("WAFNonexistentItemException",),
        ),
        _TAGS,
    ),
)
RULE_GROUP = Type(
    "AWS::WAFv2::RuleGroup",
    Call(
        "GetRuleGroup",
        "RuleGroup",
        params={**_SCOPE, "Name": At("Name"), "Id": At("Id")},
        each=Call("ListRuleGroups", "RuleGroups[]", params=_SCOPE),
    ),
    id="Id",
    arn="ARN",
    title="Name",
    rename={"ARN": "resourceARN"},
    parts=(_TAGS,),
)
IP_SET = Type(
    "AWS::WAFv2::IPSet",
    Call(
        "GetIPSet",
        "IPSet",
        params={**_SCOPE, "Name": At("Name"), "Id": At("Id")},
        each=Call("ListIPSets", "IPSets[]", params=_SCOPE),
    ),
    id="Id",
    arn="ARN",
    title="Name",
    rename={"ARN": "resourceARN"},
    parts=(_TAGS,),
)
REGEX_PATTERN_SET = Type(
    "AWS::WAFv2::RegexPatternSet",
    Call(
        "GetRegexPatternSet",
        "RegexPatternSet",
        params={**_SCOPE, "Name": At("Name"), "Id": At("Id")},
        each=Call("ListRegexPatternSets", "RegexPatternSets[]", params=_SCOPE),
    ),
    id="Id",
    arn="ARN",
    title="Name",
    rename={"ARN": "resourceARN"},
    parts=(_TAGS,),
)

SERVICE = Service("wafv2", (WEB_ACL, RULE_GROUP, IP_SET, REGEX_PATTERN_SET))
