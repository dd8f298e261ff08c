"""Statements of rules, as `wafv2` writes them.

Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_Statement.html
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from garrison.waf.document.actions import RuleAction
from garrison.waf.document.fields import Empty, Fallback, FieldToMatch, Fingerprint, Transformations


class ForwardedIPConfig(msgspec.Struct, frozen=True, rename="pascal"):
    header_name: str
    fallback_behavior: Fallback


class IPSetForwardedIPConfig(msgspec.Struct, frozen=True, rename="pascal"):
    header_name: str
    fallback_behavior: Fallback
    position: Literal["FIRST", "LAST", "ANY"]


class Matching(msgspec.Struct, frozen=True, rename="pascal", kw_only=True):
    """What all statements have that read a field."""

    field_to_match: FieldToMatch
    text_transformations: Transformations
    pre_parse_text_transformations: Transformations = ()
    """Applied to the whole field before it is taken apart."""


class ByteMatchStatement(Matching, frozen=True, rename="pascal", kw_only=True):
    search_string: bytes
    positional_constraint: Literal["EXACTLY", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "CONTAINS_WORD"]


class SqliMatchStatement(Matching, frozen=True, rename="pascal", kw_only=True):
    sensitivity_level: Literal["LOW", "HIGH"] = "LOW"


class XssMatchStatement(Matching, frozen=True, rename="pascal", kw_only=True):
    pass


class SizeConstraintStatement(Matching, frozen=True, rename="pascal", kw_only=True):
    comparison_operator: Literal["EQ", "NE", "LE", "LT", "GE", "GT"]
    size: int


class RegexMatchStatement(Matching, frozen=True, rename="pascal", kw_only=True):
    regex_string: str


class RegexPatternSetReferenceStatement(Matching, frozen=True, rename="pascal", kw_only=True):
    arn: str = msgspec.field(name="ARN")


class GeoMatchStatement(msgspec.Struct, frozen=True, rename="pascal"):
    country_codes: tuple[str, ...] = ()
    forwarded_ip_config: ForwardedIPConfig | None = msgspec.field(name="ForwardedIPConfig", default=None)


class AsnMatchStatement(msgspec.Struct, frozen=True, rename="pascal"):
    asn_list: tuple[int, ...]
    forwarded_ip_config: ForwardedIPConfig | None = msgspec.field(name="ForwardedIPConfig", default=None)


class IPSetReferenceStatement(msgspec.Struct, frozen=True, rename="pascal"):
    arn: str = msgspec.field(name="ARN")
    forwarded_ip_config: IPSetForwardedIPConfig | None = msgspec.field(name="IPSetForwardedIPConfig", default=None)


class LabelMatchStatement(msgspec.Struct, frozen=True, rename="pascal"):
    scope: Literal["LABEL", "NAMESPACE"]
    key: str


class ExcludedRule(msgspec.Struct, frozen=True, rename="pascal"):
    name: str


class RuleActionOverride(msgspec.Struct, frozen=True, rename="pascal"):
    name: str
    action_to_use: RuleAction


class RuleGroupReferenceStatement(msgspec.Struct, frozen=True, rename="pascal"):
    arn: str = msgspec.field(name="ARN")
    excluded_rules: tuple[ExcludedRule, ...] = ()
    rule_action_overrides: tuple[RuleActionOverride, ...] = ()


class ManagedRuleGroupStatement(msgspec.Struct, frozen=True, rename="pascal"):
    vendor_name: str
    name: str
    version: str | None = None
    excluded_rules: tuple[ExcludedRule, ...] = ()
    scope_down_statement: Statement | None = None
    managed_rule_group_configs: tuple[dict[str, Any], ...] = ()
    rule_action_overrides: tuple[RuleActionOverride, ...] = ()


class KeyNamed(msgspec.Struct, frozen=True, rename="pascal"):
    """A header, cookie or query argument whose value aggregates."""

    name: str
    text_transformations: Transformations = ()


class KeyTransformed(msgspec.Struct, frozen=True, rename="pascal"):
    text_transformations: Transformations = ()


class KeyNamespace(msgspec.Struct, frozen=True, rename="pascal"):
    namespace: str


class CustomKey(msgspec.Struct, frozen=True, rename="pascal"):
    """Exactly one member is set."""

    header: KeyNamed | None = None
    cookie: KeyNamed | None = None
    query_argument: KeyNamed | None = None
    query_string: KeyTransformed | None = None
    http_method: Empty | None = msgspec.field(name="HTTPMethod", default=None)
    forwarded_ip: Empty | None = msgspec.field(name="ForwardedIP", default=None)
    ip: Empty | None = msgspec.field(name="IP", default=None)
    label_namespace: KeyNamespace | None = None
    uri_path: KeyTransformed | None = None
    ja3_fingerprint: Fingerprint | None = msgspec.field(name="JA3Fingerprint", default=None)
    ja4_fingerprint: Fingerprint | None = msgspec.field(name="JA4Fingerprint", default=None)
    asn: Empty | None = msgspec.field(name="ASN", default=None)


class RateBasedStatement(msgspec.Struct, frozen=True, rename="pascal"):
    limit: int
    aggregate_key_type: Literal["IP", "FORWARDED_IP", "CUSTOM_KEYS", "CONSTANT"]
    evaluation_window_sec: int = 300
    scope_down_statement: Statement | None = None
    forwarded_ip_config: ForwardedIPConfig | None = msgspec.field(name="ForwardedIPConfig", default=None)
    custom_keys: tuple[CustomKey, ...] = ()


class AndStatement(msgspec.Struct, frozen=True, rename="pascal"):
    statements: tuple[Statement, ...]


class OrStatement(msgspec.Struct, frozen=True, rename="pascal"):
    statements: tuple[Statement, ...]


class NotStatement(msgspec.Struct, frozen=True, rename="pascal"):
    statement: Statement


class Statement(msgspec.Struct, frozen=True, rename="pascal"):
    """Exactly one member is set."""

    byte_match_statement: ByteMatchStatement | None = None
    sqli_match_statement: SqliMatchStatement | None = None
    xss_match_statement: XssMatchStatement | None = None
    size_constraint_statement: SizeConstraintStatement | None = None
    geo_match_statement: GeoMatchStatement | None = None
    rule_group_reference_statement: RuleGroupReferenceStatement | None = None
    ip_set_reference_statement: IPSetReferenceStatement | None = msgspec.field(
        name="IPSetReferenceStatement", default=None
    )
    regex_pattern_set_reference_statement: RegexPatternSetReferenceStatement | None = None
    rate_based_statement: RateBasedStatement | None = None
    and_statement: AndStatement | None = None
    or_statement: OrStatement | None = None
    not_statement: NotStatement | None = None
    managed_rule_group_statement: ManagedRuleGroupStatement | None = None
    label_match_statement: LabelMatchStatement | None = None
    regex_match_statement: RegexMatchStatement | None = None
    asn_match_statement: AsnMatchStatement | None = None
