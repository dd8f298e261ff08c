"""EC2, as much of it as an account without machines has: its regions. Everything else belongs to an upstream."""

from __future__ import annotations

from garrison.services.ec2 import regions  # noqa: F401  (declares its operations)
from garrison.services.ec2.service import service

__all__ = ["service"]
