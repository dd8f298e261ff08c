"""Support: Trusted Advisor as its first API shows it. Cases are not built: nobody would answer them."""

from __future__ import annotations

from garrison.services.support import describing, refreshing  # noqa: F401  (each declares its operations)
from garrison.services.support.service import service

__all__ = ["service"]
