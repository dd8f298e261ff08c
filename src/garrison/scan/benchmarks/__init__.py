"""Configuration benchmarks: rules as data, one pass over the file system, honest verdicts.

checks = evaluate(root, inventory, built_in())
library = read_rules(Path("complianceascode.json.gz").read_bytes())
checks = evaluate(root, inventory, library.profile("cis_level1_server"))
checks = waive(checks, read_waivers(Path("waivers.toml").read_text()), host="web-1", today=date(2026, 11, 26))
"""

from garrison.scan.benchmarks.built_in import built_in
from garrison.scan.benchmarks.check import Check, Verdict
from garrison.scan.benchmarks.evaluation import evaluate
from garrison.scan.benchmarks.loading import InvalidRules, Library
from garrison.scan.benchmarks.loading import read as read_rules
from garrison.scan.benchmarks.rule import Profile, Rule
from garrison.scan.benchmarks.waivers import InvalidWaivers, Waiver, waive
from garrison.scan.benchmarks.waivers import read as read_waivers

__all__ = [
    "Check",
    "InvalidRules",
    "InvalidWaivers",
    "Library",
    "Profile",
    "Rule",
    "Verdict",
    "Waiver",
    "built_in",
    "evaluate",
    "read_rules",
    "read_waivers",
    "waive",
]
