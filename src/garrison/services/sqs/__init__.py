"""SQS, which only an upstream has: Garrison decides and records its calls, and makes its resources in stacks."""

from __future__ import annotations

from garrison.services.registry import Service

service = Service("sqs")

__all__ = ["service"]
