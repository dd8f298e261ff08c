"""EC2, as much of it as an account without machines has: its regions. Everything else belongs to an upstream."""

from __future__ import annotations

from garrison.services.ec2 import regions, unfinished  # noqa: F401  (declare operations and a task)
from garrison.services.ec2.service import service

__all__ = ["service"]
