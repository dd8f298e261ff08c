"""Rules that customers bring: policies in Guard, and programs; what they are told of a resource and how what they say is read.

Here is only what values become values. `garrison.confined` runs the engine and the programs.
"""

from __future__ import annotations

from garrison.rules.custom.events import Occasion, RuleNames, event_of
from garrison.rules.custom.guard import GuardReport, read_report, verdict_of
from garrison.rules.custom.put_evaluations import Given, UnusableAnswer, read_answer

__all__ = [
    "Given",
    "GuardReport",
    "Occasion",
    "RuleNames",
    "UnusableAnswer",
    "event_of",
    "read_answer",
    "read_report",
    "verdict_of",
]
