"""CIS scans: benchmarks of hosts, made at the times of a schedule, from what hosts report or tell in a session of their own."""

from __future__ import annotations

from garrison.services.inspector2.cis import (  # noqa: F401  (each declares its operations)
    configurations,
    listing,
    reports,
    running,
    sessions,
)
