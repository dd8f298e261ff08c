"""The managed rules, a file a service; each is specified by AWS's page on it, which its docstring names."""

from __future__ import annotations

import importlib
import pkgutil


def load() -> None:
    """Have every rule register itself."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
