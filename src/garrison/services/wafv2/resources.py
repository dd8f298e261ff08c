"""What AWS WAF keeps: web ACLs, rule groups, sets of addresses and of patterns.

Rules and actions are kept as the API wrote them, with search strings in base64, so that what is read back is what was put.
"""

from __future__ import annotations

from typing import Any, ClassVar

from garrison.store import Resource

REGIONAL, CLOUDFRONT = "REGIONAL", "CLOUDFRONT"


class Entity(Resource, frozen=True, kw_only=True):
    """What all four have. A name is given once in a scope."""

    identity: ClassVar[tuple[str, ...]] = ("scope", "name")
    kind: ClassVar[str]
    """What its ARN calls it."""

    scope: str
    """REGIONAL or CLOUDFRONT."""
    name: str
    id: str
    lock_token: str
    """Another one after each change."""
    description: str = ""

    @property
    def arn(self) -> str:
        """`arn:aws:wafv2:us-east-1:111122223333:regional/webacl/name/id`."""
        return entity_arn(self.region, self.account, self.scope, self.kind, self.name, self.id)


class IPSet(Entity, frozen=True, kw_only=True):
    """Networks, all of one version."""

    resource_type: ClassVar[str] = "AWS::WAFv2::IPSet"
    kind: ClassVar[str] = "ipset"

    version: str
    """IPV4 or IPV6."""
    addresses: tuple[str, ...]
    """In CIDR notation."""


class RegexPatternSet(Entity, frozen=True, kw_only=True):
    """Regular expressions of which any may match."""

    resource_type: ClassVar[str] = "AWS::WAFv2::RegexPatternSet"
    kind: ClassVar[str] = "regexpatternset"

    patterns: tuple[str, ...]


class Ruled(Entity, frozen=True, kw_only=True):
    """What rules are in."""

    document: dict[str, Any]
    """The members of the API that say what it does: Rules, VisibilityConfig, DefaultAction …"""
    refers: tuple[str, ...] = ()
    """The ARNs of the sets and rule groups in its rules."""
    capacity: int
    """Web ACL capacity units: what a web ACL uses, what a rule group may use."""

    @property
    def label_namespace(self) -> str:
        """What the labels of its rules begin with: `awswaf:111122223333:webacl:name:`."""
        return f"awswaf:{self.account}:{self.kind}:{self.name}:"


class RuleGroup(Ruled, frozen=True, kw_only=True):
    """Rules that web ACLs refer to together."""

    resource_type: ClassVar[str] = "AWS::WAFv2::RuleGroup"
    kind: ClassVar[str] = "rulegroup"

    policy: str | None = None
    """The resource policy that shares it with other accounts."""


class WebACL(Ruled, frozen=True, kw_only=True):
    """Rules and what is done where none of them ends it."""

    resource_type: ClassVar[str] = "AWS::WAFv2::WebACL"
    kind: ClassVar[str] = "webacl"


class Association(Resource, frozen=True, kw_only=True):
    """That a web ACL protects a resource: a load balancer, a stage, a distribution, which an adapter stands for."""

    resource_type: ClassVar[str] = "AWS::WAFv2::WebACLAssociation"
    identity: ClassVar[tuple[str, ...]] = ("resource_arn",)
    indexed: ClassVar[tuple[str, ...]] = ("web_acl",)

    resource_arn: str
    web_acl: str
    """The web ACL's ARN."""

    @property
    def arn(self) -> str:
        """An ARN of Garrison's own form: AWS has none for associations."""
        return f"arn:aws:wafv2:{self.region}:{self.account}:association/{self.resource_arn}"


class LoggingConfiguration(Resource, frozen=True, kw_only=True):
    """Where a web ACL's log goes, and what of it."""

    resource_type: ClassVar[str] = "AWS::WAFv2::LoggingConfiguration"
    identity: ClassVar[tuple[str, ...]] = ("web_acl",)

    web_acl: str
    """The web ACL's ARN."""
    scope: str
    document: dict[str, Any]
    """As the API writes it."""

    @property
    def arn(self) -> str:
        """An ARN of Garrison's own form: AWS has none for logging configurations."""
        return f"{self.web_acl}/logging"

    @property
    def destination(self) -> str:
        """The ARN of the log group or bucket."""
        return str(self.document["LogDestinationConfigs"][0])


def entity_arn(region: str, account: str, scope: str, kind: str, name: str, id: str) -> str:
    """The ARN of a web ACL, rule group or set."""
    where = "global" if scope == CLOUDFRONT else "regional"
    return f"arn:aws:wafv2:{region}:{account}:{where}/{kind}/{name}/{id}"
