"""Inspector Scan: what is vulnerable in a bill of material that is sent along, kept nowhere."""

from __future__ import annotations

from garrison.services.inspector_scan import scanning  # noqa: F401  (declares the operation)
from garrison.services.inspector_scan.service import service

__all__ = ["service"]
