"""IAM Roles Anywhere: roles for hosts and applications that prove themselves by the key of an X.509 certificate."""

from __future__ import annotations

from garrison.services.rolesanywhere import (  # noqa: F401  (each declares its operations)
    crls,
    profiles,
    sessions,
    subjects,
    tags,
    trust_anchors,
)
from garrison.services.rolesanywhere.service import service

__all__ = ["service"]
