"""The one member of a stored record that AWS's format does not have."""

DECISION_KEY = "_garrison"
"""Garrison's own part of a record, last in its text: how the call was decided, and by what. It is cut off before a record leaves."""
