"""Garrison's own API: explanation, who can do what, least privilege, audit mode and hosts, as one more service on the same wire."""

from __future__ import annotations

from garrison.services.garrison import (  # noqa: F401  (each declares its operations)
    advice,
    auditing,
    detecting,
    detections,
    digest_keys,
    explaining,
    generating,
    host_invitations,
    host_jobs,
    host_listing,
    host_reports,
    host_tags,
    hosts,
    reaching,
    references,
    replays,
    trail_reports,
    web_acl_bundles,
    web_acl_records,
)
from garrison.services.garrison.service import service

__all__ = ["service"]
