"""Garrison's own API: explanation, who can do what, least privilege and audit mode, as one more service on the same wire."""

from __future__ import annotations

from garrison.services.garrison import auditing, detecting, detections, explaining, generating, reaching  # noqa: F401
from garrison.services.garrison.service import service

__all__ = ["service"]
