"""Web ACLs, rule groups and what they refer to, as `wafv2` writes them.

Source: https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html
"""

from __future__ import annotations

from typing import Any

import msgspec

from garrison.waf.document.actions import DefaultAction, OverrideAction, RuleAction
from garrison.waf.document.statements import Statement


class Label(msgspec.Struct, frozen=True, rename="pascal"):
    name: str


class VisibilityConfig(msgspec.Struct, frozen=True, rename="pascal"):
    sampled_requests_enabled: bool
    cloud_watch_metrics_enabled: bool
    metric_name: str


class Rule(msgspec.Struct, frozen=True, rename="pascal"):
    name: str
    priority: int
    statement: Statement
    visibility_config: VisibilityConfig
    action: RuleAction | None = None
    override_action: OverrideAction | None = None
    rule_labels: tuple[Label, ...] = ()
    captcha_config: dict[str, Any] | None = None
    challenge_config: dict[str, Any] | None = None


class CustomResponseBody(msgspec.Struct, frozen=True, rename="pascal"):
    content_type: str
    """TEXT_PLAIN, TEXT_HTML or APPLICATION_JSON."""
    content: str


class RuleGroup(msgspec.Struct, frozen=True, rename="pascal"):
    """Rules with one capacity; managed ones have the same form."""

    name: str
    rules: tuple[Rule, ...] = ()
    capacity: int = 0
    label_namespace: str = ""
    """What its labels begin with: `awswaf:111122223333:rulegroup:name:`."""
    visibility_config: VisibilityConfig | None = None
    custom_response_bodies: dict[str, CustomResponseBody] = {}
    arn: str = msgspec.field(name="ARN", default="")


class WebACL(msgspec.Struct, frozen=True, rename="pascal"):
    name: str
    default_action: DefaultAction
    visibility_config: VisibilityConfig
    rules: tuple[Rule, ...] = ()
    label_namespace: str = ""
    """`awswaf:111122223333:webacl:name:`."""
    custom_response_bodies: dict[str, CustomResponseBody] = {}
    association_config: dict[str, Any] | None = None
    data_protection_config: dict[str, Any] | None = None
    id: str = ""
    arn: str = msgspec.field(name="ARN", default="")
