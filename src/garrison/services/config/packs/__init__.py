"""Conformance packs: many rules put at once, and judged together."""

from __future__ import annotations

from garrison.services.config.packs import (  # noqa: F401  (each declares its operations)
    compliance,
    describing,
    put_pack,
    removing,
    scores,
)
