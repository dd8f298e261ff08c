"""Tag keys that begin with `aws:`: no caller sets them, but a service may mark what it makes for one.

Source: Tagging AWS Resources User Guide, "Tag naming limits and requirements"; CloudFormation User Guide, "Resource tags".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_PREFIX = "aws:"
_own: ContextVar[str | None] = ContextVar("own_tags", default=None)


def is_reserved(key: str) -> bool:
    """Whether the call under way may not set this key."""
    own = _own.get()
    return key.lower().startswith(_PREFIX) and (own is None or not key.startswith(own))


@contextmanager
def setting_own_tags(prefix: str) -> Iterator[None]:
    """Let the calls from inside that this thread makes meanwhile set keys of a service's own prefix (`aws:cloudformation:`)."""
    before = _own.set(prefix)
    try:
        yield
    finally:
        _own.reset(before)
