"""Counts of rate-based rules beyond one process: between the workers of a host, and between hosts.

`SharedCounters` keeps them in files that the workers of a host map into memory. `NodeCounters` adds what other hosts
counted, told through Redis or Valkey. Both are `garrison.waf.rates.Counters`.
"""

from garrison.adapters.counters.nodes import NodeCounters
from garrison.adapters.counters.shared import SharedCounters

__all__ = ["NodeCounters", "SharedCounters"]
