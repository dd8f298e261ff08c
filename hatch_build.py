"""The wheel's build hook: a wheel ships the web console built (scripts/build_console.py)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ConsoleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the console before its files are gathered."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build it, but for editable installations: there `make` does."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root) / "scripts"))
        import build_console

        try:
            build_console.build()
        except build_console.Failed as failed:
            raise RuntimeError(f"The console could not be built: {failed} See build/console.log.") from None
