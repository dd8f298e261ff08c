"""Rate-based rules: how many requests of one aggregation instance came within the window that a rule looks back over."""

from garrison.waf.rates.counters import MOST_KEYS, Absorbing, Count, Counters
from garrison.waf.rates.memory import MemoryCounters
from garrison.waf.rates.windows import SUB_BUCKETS, WINDOWS

__all__ = ["MOST_KEYS", "SUB_BUCKETS", "WINDOWS", "Absorbing", "Count", "Counters", "MemoryCounters"]
