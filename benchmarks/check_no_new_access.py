"""CheckNoNewAccess over random pairs of AWS's managed policies: median, 95th percentile, worst, and how many stay unknown.

    python benchmarks/check_no_new_access.py [--pairs 400] [--seed 1] [--suites ../shared/suites]

Each pair is timed from the parsed documents to the verdict, with every statement that gives new access and its confirmed
request. Pairs are random, and every tenth is a policy against itself, so that proofs are measured besides counter-examples.
AWS's table of actions is read before the clock starts. The run fails where a target is missed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import sys
import time
from pathlib import Path
from statistics import median, quantiles

from garrison.policy import parse_document
from garrison.policy.analysis import Result, check_no_new_access

TARGET_MEDIAN = 0.005
TARGET_P95 = 0.100
TARGET_WORST = 2.0


def documents(suites: Path) -> dict[str, str]:
    """The texts of the managed policies by name."""
    packed = (suites / "iam" / "managed-policies.json.gz").read_bytes()
    found = json.loads(gzip.decompress(packed))["policies"]
    return {name: json.dumps(one["document"]) for name, one in found.items()}


def main() -> int:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pairs", type=int, default=400)
    arguments.add_argument("--seed", type=int, default=1)
    default = os.environ.get("GARRISON_SUITES") or Path(__file__).parents[2] / "shared" / "suites"
    arguments.add_argument("--suites", type=Path, default=Path(default))
    chosen = arguments.parse_args()
    texts = documents(chosen.suites)
    names = sorted(texts)
    pick = random.Random(chosen.seed)
    everything = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*:*","Resource":"*"}}'
    check_no_new_access(parse_document(everything), parse_document(everything))
    taken: list[tuple[float, str, str, Result]] = []
    for number in range(chosen.pairs):
        new, old = pick.choice(names), pick.choice(names)
        if number % 10 == 0:
            old = new
        first, second = parse_document(texts[new]), parse_document(texts[old])
        start = time.perf_counter()
        verdict = check_no_new_access(first, second)
        taken.append((time.perf_counter() - start, new, old, verdict.result))
    times = [one[0] for one in taken]
    counts = {result: sum(one[3] is result for one in taken) for result in Result}
    p95 = quantiles(times, n=100)[94]
    print(f"pairs {len(taken)}: " + ", ".join(f"{result} {count}" for result, count in counts.items()))
    print(f"median {median(times) * 1000:.2f} ms (target < {TARGET_MEDIAN * 1000:.0f})")
    print(f"p95    {p95 * 1000:.2f} ms (target < {TARGET_P95 * 1000:.0f})")
    print(f"worst  {max(times) * 1000:.2f} ms (target < {TARGET_WORST * 1000:.0f})")
    for seconds, new, old, result in sorted(taken, reverse=True)[:5]:
        print(f"  {seconds * 1000:8.2f} ms  {result:7}  {new} against {old}")
    met = median(times) < TARGET_MEDIAN and p95 < TARGET_P95 and max(times) < TARGET_WORST
    return 0 if met and not counts[Result.UNKNOWN] else 1


if __name__ == "__main__":
    sys.exit(main())
