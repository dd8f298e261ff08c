"""Configuration benchmarks: rules as data, one pass over the file system, honest verdicts."""

from garrison.scan.benchmarks.check import Check, Verdict

__all__ = ["Check", "Verdict"]
