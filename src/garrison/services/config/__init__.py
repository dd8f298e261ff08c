"""Config: what resources are and were, and whether they obey the rules."""

from __future__ import annotations

from garrison.services.config import packs, recorder, rules, selecting, tags  # noqa: F401  (each declares its operations)
from garrison.services.config.service import service

__all__ = ["service"]
