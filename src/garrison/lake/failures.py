"""What the lake raises."""

from __future__ import annotations

from garrison.errors import GarrisonError


class LakeUnavailable(GarrisonError):
    """The lake's catalog or files cannot be reached or read."""


class Refused(GarrisonError):
    """A log file that is not taken in, and why."""


class QueryRefused(GarrisonError):
    """A statement that is not run, and why."""


class QueryFailed(GarrisonError):
    """A statement that was begun and did not end well."""


class QueryStopped(QueryFailed):
    """A statement that reached one of its limits."""
