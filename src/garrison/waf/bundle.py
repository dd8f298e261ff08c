"""A web ACL with everything it refers to: what the control plane hands out and an adapter compiles."""

from __future__ import annotations

from typing import Any

import msgspec

from garrison.waf.document import RuleGroup, WebACL


class Bundle(msgspec.Struct, frozen=True):
    """All that an engine needs and nothing it has to ask for. Managed rule groups are part of Garrison, so only their versions are named."""

    web_acl: WebACL
    rule_groups: dict[str, RuleGroup] = {}
    """Own rule groups by ARN."""
    ip_sets: dict[str, tuple[str, ...]] = {}
    """Networks in CIDR notation by the set's ARN."""
    regex_sets: dict[str, tuple[str, ...]] = {}
    """Regular expressions by the set's ARN."""
    versions: dict[str, str] = {}
    """The version that each managed group without a named one stands at: `AWS#AWSManagedRulesCommonRuleSet` to `Version_1.0`."""
    logging: dict[str, Any] | None = None
    """The web ACL's LoggingConfiguration."""
    digest: str = ""
    """Hex SHA-256 of the rest: two bundles with the same one decide alike."""


def encode(bundle: Bundle) -> bytes:
    """As JSON."""
    return msgspec.json.encode(bundle)


def decode(data: bytes) -> Bundle:
    """Raises: msgspec.ValidationError: it is not a bundle."""
    return msgspec.json.decode(data, type=Bundle)
