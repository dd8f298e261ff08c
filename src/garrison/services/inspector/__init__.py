"""Inspector Classic (2016-02-16): targets are assessed by templates in runs, which find what is wrong on their hosts."""

from __future__ import annotations

from garrison.services.inspector import (  # noqa: F401  (each declares its operations or its work)
    access_role,
    agents,
    exclusions,
    findings,
    resource_groups,
    retention,
    rules_packages,
    run_views,
    runs,
    subscriptions,
    tags,
    targets,
    templates,
)
from garrison.services.inspector.assessing import notices, previewing, progress  # noqa: F401
from garrison.services.inspector.reports import making  # noqa: F401
from garrison.services.inspector.service import service

__all__ = ["service"]
