"""Inspector: what is vulnerable, exposed or badly configured on hosts, continuously."""

from __future__ import annotations

from garrison.services.inspector2 import (  # noqa: F401  (each declares its operations)
    cis,
    configuring,
    covering,
    enabling,
    external,
    filters,
    finding,
    scanning,
    searching,
    tags,
    telling,
    using,
)
from garrison.services.inspector2.service import service

__all__ = ["service"]
