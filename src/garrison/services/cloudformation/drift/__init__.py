"""Drift: whether the resources of a stack still are as the stack made them."""

from __future__ import annotations

from garrison.services.cloudformation.drift import operations  # noqa: F401
