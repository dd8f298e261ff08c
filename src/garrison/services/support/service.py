"""The Support service object that the operations' modules register with."""

from __future__ import annotations

from garrison.services.registry import Service

service = Service("support", is_global=True)
