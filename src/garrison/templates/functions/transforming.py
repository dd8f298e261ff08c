"""Fn::Transform: macros run code of others, which is not done here."""

from __future__ import annotations

from typing import Any

from garrison.templates.faults import TemplateInvalid
from garrison.templates.scope import Scope


def transform(argument: Any, scope: Scope) -> Any:
    """Refused, by the macro's name."""
    name = argument.get("Name") if isinstance(argument, dict) else None
    raise TemplateInvalid(f"Transform {name or ''} is not supported: macros are not run.")
