"""Kinds of check, one module a template of ComplianceAsCode; each registers itself when it is imported."""

from garrison.scan.benchmarks.templates import sshd_lineinfile, sysctl

__all__ = ["sshd_lineinfile", "sysctl"]
