"""AWS WAF: web ACLs and what they are made of, for the adapters that stand in front of applications."""

from __future__ import annotations

from garrison.services.wafv2 import (  # noqa: F401  (each declares its operations)
    capacities,
    ip_sets,
    regex_sets,
    rule_groups,
    tags,
    web_acls,
)
from garrison.services.wafv2.service import service

__all__ = ["service"]
