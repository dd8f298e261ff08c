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


def _named(name: str) -> Type:
    """What is listed by name and read one by one, as rule groups and both kinds of sets are."""
    return Type(
        f"AWS::WAFv2::{name}",
        Call(
            f"Get{name}",
            name,
            params={**_SCOPE, "Name": At("Name"), "Id": At("Id")},
            each=Call(f"List{name}s", f"{name}s[]", params=_SCOPE),
        ),
        id="Id",
        arn="ARN",
        title="Name",
        rename={"ARN": "resourceARN"},
        parts=(_TAGS,),
    )


RULE_GROUP = _named("RuleGroup")
IP_SET = _named("IPSet")
REGEX_PATTERN_SET = _named("RegexPatternSet")

SERVICE = Service("wafv2", (WEB_ACL, RULE_GROUP, IP_SET, REGEX_PATTERN_SET))
