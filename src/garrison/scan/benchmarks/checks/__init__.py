"""Checks of our own, which ComplianceAsCode's templates have no kind for; each module registers its kinds when it is imported."""

from garrison.scan.benchmarks.checks import folders, memory, passwords, ssh

__all__ = ["folders", "memory", "passwords", "ssh"]
