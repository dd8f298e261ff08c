"""A template of 500 resources: read beside cfn-lint's reader, validated, and its change set made.

    python benchmarks/templates.py [--resources 500] [--rounds 5]

All times are of the processor, in one process, the best of the rounds. The resources are topics with a policy, tags, a name that a
parameter is part of, and references to one another; the change set is of another value of the parameter, so that every resource
changes and every second one because another is replaced. cfn-lint reads into nodes with places, as Garrison finds places when asked.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import yaml
from cfnlint.decode import decode_str

from garrison.templates import Scope, Side, compare, parameters, parse, pseudo_parameters, validate

TARGET_SECONDS = 1.0
PSEUDO = pseudo_parameters("111122223333", "us-east-1", stack_id="id", stack_name="stack")


def main() -> int:
    """Print the times; exit 1 where the change set takes longer than its target."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--resources", type=int, default=500)
    arguments.add_argument("--rounds", type=int, default=5)
    chosen = arguments.parse_args()
    body = {
        "Parameters": {"Env": {"Type": "String", "Default": "prod"}},
        "Resources": {f"R{number}": _resource(number) for number in range(chosen.resources)},
    }
    worst = 0.0
    for name, text in (("JSON", json.dumps(body)), ("YAML", yaml.safe_dump(body))):
        ours = _best(lambda text=text: parse(text), chosen.rounds)
        theirs = _best(lambda text=text: decode_str(text), chosen.rounds)
        print(f"{name}, {len(text):,} bytes: read in {ours:.3f} s, cfn-lint {theirs:.3f} s, ratio {theirs / ours:.1f}×")
        template = parse(text)
        print(f"  validated in {_best(lambda: validate(template), chosen.rounds):.3f} s")  # noqa: B023
        before = _side(text, "prod")
        changes = compare(before, _side(text, "dev"), _Topics())
        assert len(changes) == chosen.resources, len(changes)
        took = _best(lambda: compare(before, _side(text, "dev"), _Topics()), chosen.rounds)  # noqa: B023
        details = sum(len(one.details) for one in changes)
        print(
            f"  read, validated and {len(changes)} changes of {details} details made in {took:.3f} s, target {TARGET_SECONDS} s"
        )
        worst = max(worst, took)
    return 0 if worst <= TARGET_SECONDS else 1


class _Topics:
    """What a change means for a topic."""

    def recreation(self, resource_type: str, property_name: str) -> Any:
        return "Always" if property_name == "TopicName" else "Never"

    def takes_tags(self, resource_type: str) -> bool:
        return True


def _resource(number: int) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sns:Publish", "Resource": "*"}
    properties: dict[str, Any] = {
        "TopicName": {"Fn::Sub": f"${{Env}}-topic-{number}"} if number % 2 == 0 else f"topic-{number}",
        "DisplayName": {"Ref": f"R{number - 1}"} if number % 2 else "first",
        "Tags": [{"Key": "env", "Value": {"Fn::Join": ["-", ["a", {"Ref": "Env"}]]}}, {"Key": "n", "Value": number}],
        "ArchivePolicy": {"Statement": [statement]},
    }
    if number >= 6:
        properties["KmsMasterKeyId"] = {"Fn::GetAtt": [f"R{number - 6}", "TopicArn"]}
    return {"Type": "AWS::SNS::Topic", "Properties": properties}


def _side(text: str, env: str) -> Side:
    template = parse(text)
    validate(template)
    values = parameters(template, {"Env": env})
    known = {"ref": lambda name: name, "attribute": lambda name, attribute: f"{name}.{attribute}"}
    return Side(Scope(template, values, PSEUDO, **known))


def _best(act: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        started = time.process_time()
        act()
        times.append(time.process_time() - started)
    return min(times)


if __name__ == "__main__":
    sys.exit(main())
