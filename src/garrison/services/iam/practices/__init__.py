"""IAM's best practices as checks on an account, each with its evidence and its fix, and by requirement of PCI DSS v4."""

from garrison.services.iam.practices import access, keys, passwords, root  # noqa: F401  (each declares its checks)
from garrison.services.iam.practices.practice import (
    REQUIREMENTS,
    Item,
    Requirement,
    View,
    by_requirement,
    look_at,
    report,
)

__all__ = ["REQUIREMENTS", "Item", "Requirement", "View", "by_requirement", "look_at", "report"]
