"""The one way in which a filter pattern is wrong."""

from __future__ import annotations

LONGEST_PATTERN = 1024
"""Characters of a pattern (CloudWatch Logs API reference, PutMetricFilter)."""


class InvalidPattern(ValueError):
    """The pattern breaks the grammar; the message says where and how."""
