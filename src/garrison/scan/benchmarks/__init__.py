"""Configuration benchmarks: rules as data, one pass over the file system, honest verdicts.

checks = evaluate(root, inventory, built_in())
"""

from garrison.scan.benchmarks.built_in import built_in
from garrison.scan.benchmarks.check import Check, Verdict
from garrison.scan.benchmarks.evaluation import evaluate
from garrison.scan.benchmarks.rule import Profile, Rule

__all__ = ["Check", "Profile", "Rule", "Verdict", "built_in", "evaluate"]
