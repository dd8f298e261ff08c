"""One request being evaluated, and what its rules share: each part read, transformed and scanned once, and only when first asked for."""

from garrison.waf.evaluation.evaluation import Evaluation
from garrison.waf.evaluation.screen import Screen
from garrison.waf.evaluation.values import Judge, Values
from garrison.waf.evaluation.views import View, Views

__all__ = ["Evaluation", "Judge", "Screen", "Values", "View", "Views"]
