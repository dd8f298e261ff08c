"""Inspector as it was in its preview (2015-08-18): applications, assessments and runs, over the same things as today's API.

An application is an assessment target, an assessment is an assessment template with the data collected for it, and a run evaluates
those data. Source: botocore's model of that version.
"""

from __future__ import annotations

from garrison.services.inspector_2015_08_18 import (  # noqa: F401  (each declares its operations)
    agents,
    applications,
    assessments,
    findings,
    groups,
    listing,
    packages,
    runs,
    tags,
    texts,
)
from garrison.services.inspector_2015_08_18.service import service

__all__ = ["service"]
