"""What is kept of a Config rule."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from garrison import codec
from garrison.store import Resource
from garrison.verdicts import Rule

AWS, POLICY, PROGRAM = "AWS", "CUSTOM_POLICY", "CUSTOM_LAMBDA"
"""Who owns what judges."""
CONFORMS = "config-conforms.amazonaws.com"
"""Who makes the rules of conformance packs."""


class Scope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a rule is confined to."""

    resource_types: tuple[str, ...] = ()
    resource_id: str | None = None
    tag_key: str | None = None
    tag_value: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it confines to nothing."""
        return not self.resource_types and self.tag_key is None


class Detail(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a custom rule judges."""

    message_type: str
    frequency: str | None = None


class ConfigRule(Resource, frozen=True, kw_only=True):
    """A rule: what judges, what is judged, when."""

    resource_type: ClassVar[str] = "AWS::Config::ConfigRule"
    identity: ClassVar[tuple[str, ...]] = ("name",)
    indexed: ClassVar[tuple[str, ...]] = ("rule_id", "pack")

    name: str
    rule_id: str
    description: str | None = None
    owner: str
    identifier: str | None = None
    """AWS's of a managed rule; the Lambda function's ARN that names a program; None of a policy."""
    details: tuple[Detail, ...] = ()
    policy_runtime: str | None = None
    policy_text: str | None = None
    logs_debug: bool = False
    scope: Scope | None = None
    input_parameters: str | None = None
    """JSON, as it was given."""
    frequency: str | None = None
    """MaximumExecutionFrequency, as it was given."""
    pack: str | None = None
    """The id of the conformance pack that it belongs to."""
    put_at: datetime
    """When it was made or last changed: what was judged before was judged by another rule."""

    @property
    def arn(self) -> str:
        """The rule's ARN."""
        prefix = f"aws-service-rule/{CONFORMS}/" if self.pack is not None else ""
        return f"{rule_arn(self.region, self.account, prefix)}{self.rule_id}"

    @property
    def key(self) -> Rule:
        """What the file of verdicts calls it."""
        return Rule(self.account, self.region, self.rule_id)

    @property
    def parameters(self) -> dict[str, Any]:
        """Its input parameters."""
        return codec.decode(self.input_parameters) if self.input_parameters else {}


def rule_arn(region: str, account: str, rest: str) -> str:
    """The ARN of a rule, or of all with `*`."""
    return f"arn:aws:config:{region}:{account}:config-rule/{rest}"
