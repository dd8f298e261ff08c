"""What differs by service and is in no model."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec


@lru_cache(maxsize=1)
def service_facts() -> dict[str, dict[str, Any]]:
    """The table, by kind of fact."""
    facts: dict[str, dict[str, Any]] = msgspec.json.decode(files(__package__).joinpath("services.json").read_bytes())
    return facts
