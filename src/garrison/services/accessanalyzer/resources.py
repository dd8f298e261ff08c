"""What Access Analyzer keeps: analyzers with their archive rules, and findings."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from garrison.store import Resource

ACTIVE, ARCHIVED, RESOLVED = "ACTIVE", "ARCHIVED", "RESOLVED"


class ArchiveRule(msgspec.Struct, frozen=True, kw_only=True):
    """Which findings are archived as they come."""

    name: str
    filter: dict[str, dict[str, Any]]
    """Criteria (`eq`, `neq`, `contains`, `exists`) by property, in the API's shape."""
    created_at: datetime
    updated_at: datetime


REGIONS = "analyzer-regions"
"""The name space of the account's operational state in which the regions are that have had analyzers."""


class Analyzer(Resource, frozen=True, kw_only=True):
    """Watches who from outside the account gets at its resources."""

    resource_type: ClassVar[str] = "AWS::AccessAnalyzer::Analyzer"
    identity: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    type: str = "ACCOUNT"
    created_at: datetime
    last_resource: str | None = None
    last_analyzed_at: datetime | None = None
    archive_rules: tuple[ArchiveRule, ...] = ()

    @property
    def arn(self) -> str:
        """The analyzer's ARN."""
        return analyzer_arn(self.region, self.account, self.name)


class AccessFinding(Resource, frozen=True, kw_only=True):
    """Access from outside that a resource's policy grants. Its history tells when it came, was archived and resolved."""

    resource_type: ClassVar[str] = "AWS::AccessAnalyzer::Finding"
    identity: ClassVar[tuple[str, ...]] = ("analyzer", "id")
    indexed: ClassVar[tuple[str, ...]] = ("analyzer", "about")

    id: str
    analyzer: str
    """The analyzer's name."""
    about: str
    """The ARN of the resource."""
    about_type: str
    principal: dict[str, str]
    action: tuple[str, ...]
    condition: dict[str, str]
    is_public: bool
    status: str = ACTIVE
    created_at: datetime
    analyzed_at: datetime
    updated_at: datetime

    @property
    def arn(self) -> str:
        """Findings have no ARN of their own in AWS; this one is Garrison's."""
        return f"{analyzer_arn(self.region, self.account, self.analyzer)}/finding/{self.id}"


def analyzer_arn(region: str, account: str, name: str) -> str:
    """The ARN of an analyzer."""
    return f"arn:aws:access-analyzer:{region}:{account}:analyzer/{name}"
