"""`garrison demo`: what it makes, how that is taken away, and the story that it tells."""

from __future__ import annotations

from garrison.cli.demo.command import demo

__all__ = ["demo"]
