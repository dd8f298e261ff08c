"""Access Analyzer: what policies allow beyond what they should, and who from outside gets in."""

from __future__ import annotations

from garrison.services.accessanalyzer import (  # noqa: F401  (each declares its operations or its task)
    analyzers,
    archive_rules,
    checks,
    findings,
    scans,
    tags,
    validation,
    watching,
)
from garrison.services.accessanalyzer.service import service

__all__ = ["service"]
