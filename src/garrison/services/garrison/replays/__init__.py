"""Replay: what a policy, pattern or rule that is not active would have done to what is recorded."""

from __future__ import annotations

from garrison.services.garrison.replays import operations, running  # noqa: F401  (they declare themselves)
