"""Events a second through 1,000 filter patterns at once, beside the same patterns one by one and moto's text filters.

    python benchmarks/filter_patterns.py [--filters 1000] [--seconds 3] [--suites ../shared/suites]

The events are the real CloudTrail records of the suites, in random order. Of the patterns seven tenths are JSON conditions on what
the records hold, two tenths terms, one tenth space-delimited. All runs are single-threaded. "One by one" asks each compiled pattern
by itself, as a server does that keeps no index; moto knows terms and phrases only, and is asked the two tenths it knows, compiled
once. The run fails where the set and the single patterns disagree.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tarfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from moto.logs.utils import EventMessageFilter

from garrison.detect.patterns import Event, FilterPattern, PatternSet, compile_pattern

TARGET_RATE = 10_000
TARGET_RATIO = 20


def main() -> int:
    """Run the three in turn and print the ratios; exit 1 where a target is missed or answers differ."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--filters", type=int, default=1000)
    arguments.add_argument("--seconds", type=float, default=3.0, help="measured time of each")
    arguments.add_argument("--suites", type=Path, default=_suites())
    chosen = arguments.parse_args()
    source = chosen.suites / "cloudtrail" / "cloudtrail-samples.tar.gz"
    if not source.exists():
        print(f"skipped: {source} is not there")
        return 0
    messages = _messages(source)
    texts = _patterns(messages, chosen.filters)
    patterns = [compile_pattern(text) for text in texts]
    together = PatternSet(patterns)
    for message in messages[:20]:
        alone = [number for number, pattern in enumerate(patterns) if pattern.matches(message)]
        if together.matches(Event(message)) != alone:
            print(f"OTHER ANSWERS for {message[:200]}")
            return 1
    size = sum(map(len, messages)) / len(messages)
    print(f"{len(messages):,} events of {size:,.0f} characters, {len(patterns):,} patterns")
    ours = _rate(lambda message: together.matches(Event(message)), messages, chosen.seconds)
    single = _rate(lambda message: _one_by_one(patterns, message), messages, chosen.seconds)
    terms = [text for text in texts if text[0] not in "{["]
    theirs = [EventMessageFilter(text) for text in terms]
    moto = _rate(lambda message: [each.matches(message) for each in theirs], messages, chosen.seconds)
    set_of_terms = PatternSet([compile_pattern(text) for text in terms])
    our_terms = _rate(lambda message: set_of_terms.matches(Event(message)), messages, chosen.seconds)
    print(f"all at once            {ours:10,.0f} events/s   target {TARGET_RATE:,} on two cores")
    print(f"one by one             {single:10,.0f} events/s   ratio {ours / single:6.1f}×   target {TARGET_RATIO}×")
    print(
        f"moto, {len(terms)} terms only  {moto:10,.0f} events/s   the same terms here {our_terms:,.0f}, ratio {our_terms / moto:.1f}×"
    )
    return 0 if 2 * ours >= TARGET_RATE and ours / single >= TARGET_RATIO else 1


def _one_by_one(patterns: Sequence[FilterPattern], message: str) -> list[int]:
    return [number for number, pattern in enumerate(patterns) if pattern.matches(message)]


def _rate(look_at: Callable[[str], object], messages: Sequence[str], seconds: float) -> float:
    """Messages for a second of the processor, asked one after the other until the time is over."""
    count, started = 0, time.process_time()
    while time.process_time() - started < seconds:
        look_at(messages[count % len(messages)])
        count += 1
    return count / (time.process_time() - started)


def _messages(source: Path) -> list[str]:
    found: list[str] = []
    with tarfile.open(source) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(".json"):
                file = archive.extractfile(member)
                assert file is not None
                found += [json.dumps(record) for record in json.load(file).get("Records", ())]
    random.Random(7).shuffle(found)
    return found


def _patterns(messages: Sequence[str], number: int) -> list[str]:
    """Patterns as people write them, on values that some event has or none."""
    chance = random.Random(11)
    records = [json.loads(message) for message in messages]
    made: list[str] = []
    while len(made) < number:
        record = chance.choice(records)
        name, source = record["eventName"], record["eventSource"]
        if chance.random() < 0.5:
            name += str(chance.randrange(1000))  # most filters wait for what never comes
        kind = len(made) % 10
        made.append(
            [
                f'{{ $.eventName = "{name}" }}',
                f"{{ ($.eventSource = {source}) && (($.eventName = {name}) || ($.eventName = Delete{name})) }}",
                f'{{ ($.eventName = "{name}") && ($.errorCode = "AccessDenied*") }}',
                f'{{ $.eventName = "{name}" && $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }}',
                f'{{ ($.errorCode = "*{name}") || ($.errorCode = "{name}*") }}',
                f'{{ $.eventName = "{name}" && $.sourceIPAddress != 10.* }}',
                f"{{ $.responseElements.number > {chance.randrange(1000)} }}",
                f"?{name} ?Create{name}",
                f'"{source}" "{name}" -"{chance.randrange(10**6)}"',
                f'[time, level = "{name}*", ..., bytes > {chance.randrange(1000)}]',
            ][kind]
        )
    return made


def _suites() -> Path:
    return Path(os.environ.get("GARRISON_SUITES") or Path(__file__).parents[2] / "shared" / "suites")


if __name__ == "__main__":
    sys.exit(main())
