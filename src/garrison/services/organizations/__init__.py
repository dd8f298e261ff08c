"""Organizations: the accounts of one owner in a tree, and the policies that stand over them."""

from __future__ import annotations

from garrison.services.organizations import (  # noqa: F401  (each declares its operations)
    accounts,
    attachments,
    organization,
    policies,
    policy_types,
    service_access,
    tags,
    tree,
    units,
)
from garrison.services.organizations.service import service

__all__ = ["service"]
