"""Scan continuously: what hosts report, and what becomes known of vulnerabilities, is followed and judged as it changes."""

from __future__ import annotations

from garrison.services.inspector2.scanning import ageing, following, networks  # noqa: F401  (each declares its tasks)
