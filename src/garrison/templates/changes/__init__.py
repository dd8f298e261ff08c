"""Change sets: what would become of a stack's resources with another template or other parameters, property by property."""

from __future__ import annotations

from garrison.templates.changes.comparing import Side, compare
from garrison.templates.changes.model import Change, Detail, Semantics, Target, collapsed, value_text

__all__ = ["Change", "Detail", "Semantics", "Side", "Target", "collapsed", "compare", "value_text"]
