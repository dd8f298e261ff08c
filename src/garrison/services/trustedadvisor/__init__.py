"""Trusted Advisor: what could cost less, run faster, fail less often and be safer in an account, and what became of it."""

from __future__ import annotations

from garrison.services.trustedadvisor import (  # noqa: F401  (each declares its operations or its tasks)
    checks,
    digest,
    excluding,
    lifecycle,
    organization,
    recommendations,
    refreshing,
    resources,
    telling,
)
from garrison.services.trustedadvisor.service import service

__all__ = ["service"]
