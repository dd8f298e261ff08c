"""Inventory and verdicts together: the file system, which costs nearly all of it, is walked once for both."""

from __future__ import annotations

from garrison.scan.benchmarks import Check, Profile, evaluate
from garrison.scan.inventory import Inventory, add_languages, take
from garrison.scan.inventory.languages import Finder
from garrison.scan.roots import Root


def take_and_judge(root: Root, profile: Profile) -> tuple[Inventory, tuple[Check, ...]]:
    """The inventory with the languages' packages, and a check for each rule of the profile."""
    taken, finder = take(root, with_languages=False), Finder()
    checks = evaluate(root, taken, profile, besides=finder.see)
    return add_languages(root, taken, finder.packages(root)), checks
