"""Config rules: managed ones, policies in Guard and programs; their evaluation, and what they have said."""

from __future__ import annotations

from garrison.services.config.rules import (  # noqa: F401  (each declares its operations or its work)
    announcing,
    asking,
    compliance,
    describing,
    put_evaluations,
    put_rule,
    remembering,
    removing,
    results,
    rounds,
    summaries,
)
