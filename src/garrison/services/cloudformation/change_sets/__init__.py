"""Change sets: what an update would do, shown before it is done, and done exactly so."""

from __future__ import annotations

from garrison.services.cloudformation.change_sets import creating, describing, executing  # noqa: F401
