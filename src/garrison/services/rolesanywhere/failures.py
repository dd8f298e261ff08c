"""The one failure of judging certificates."""

from __future__ import annotations


class Untrusted(Exception):
    """A certificate that is not believed; the text says why."""
