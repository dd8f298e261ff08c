"""`garrison demo --script`: a story in seven chapters, each of which does what it tells."""

from __future__ import annotations

from garrison.cli.demo.script.telling import CHAPTERS, tell

__all__ = ["CHAPTERS", "tell"]
