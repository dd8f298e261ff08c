"""AWS WAF: web ACLs and what they are made of, for the adapters that stand in front of applications."""

from __future__ import annotations

from garrison.services.wafv2 import (  # noqa: F401  (each declares its operations)
    associations,
    capacities,
    ip_sets,
    logging,
    managed_groups,
    refused,
    regex_sets,
    rule_groups,
    sampled,
    sharing,
    tags,
    web_acls,
)
from garrison.services.wafv2.records import delivery, lake, metrics  # noqa: F401  (each declares its tasks)
from garrison.services.wafv2.service import service

__all__ = ["service"]
