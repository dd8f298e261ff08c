"""CloudWatch Logs' filter patterns: text, space-delimited and JSON, compiled once and matched in linear time."""

from garrison.detect.patterns.events import Event
from garrison.detect.patterns.failures import LONGEST_PATTERN, InvalidPattern
from garrison.detect.patterns.pattern import FilterPattern, compile_pattern
from garrison.detect.patterns.sets import PatternSet

__all__ = ["LONGEST_PATTERN", "Event", "FilterPattern", "InvalidPattern", "PatternSet", "compile_pattern"]
