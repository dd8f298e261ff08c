"""Checks of our own, which ComplianceAsCode's templates have no kind for; each module registers its kinds when it is imported."""

from garrison.scan.benchmarks.checks import (
    accounts,
    behavior,
    folders,
    memory,
    passwords,
    servers,
    sessions,
    ssh,
    tree,
    upkeep,
)

__all__ = ["accounts", "behavior", "folders", "memory", "passwords", "servers", "sessions", "ssh", "tree", "upkeep"]
