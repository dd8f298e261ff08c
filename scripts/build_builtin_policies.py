"""Make the documents of the built-in managed policies from what each should grant and from the access levels of actions.

    python scripts/build_builtin_policies.py ../shared/suites/iam/service-authorization.json.gz

The service-authorization data says which actions a service has and at which access level (List, Read, Write …). Read-only
policies are derived from it: every action at a wanted level, written as the shortest prefixes that match no other action of
the service. Run again when the data or scripts/builtin_policies.toml changes, and commit what it writes.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import sys
import tomllib
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[1]
FACTS = PROJECT / "scripts" / "builtin_policies.toml"
OUTPUT = PROJECT / "src" / "garrison" / "services" / "iam" / "builtin_policies"
WRITTEN_AT = datetime(2026, 11, 24, tzinfo=UTC)
"""When the documents last changed: the UpdateDate of every built-in policy."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9_-]+")


def covering_patterns(wanted: set[str], actions: set[str], prefix: str = "") -> list[str]:
    """The fewest names and `Prefix*` patterns, cut at words, that match all `wanted` and no other of `actions`."""
    patterns = []
    by_next_word: dict[str, set[str]] = {}
    for name in sorted(wanted):
        word = _WORD.match(name, len(prefix))
        by_next_word.setdefault(prefix + (word.group() if word else ""), set()).add(name)
    for start, names in by_next_word.items():
        matched = {action for action in actions if action.startswith(start)}
        if len(names) > 1 and matched <= wanted:
            patterns.append(start + "*")
        elif len(names) == 1:
            patterns.extend(names)
        elif start == prefix:
            patterns.extend(sorted(names))
        else:
            patterns.extend(covering_patterns(names, actions, start))
    return [each for each in patterns if not any(other != each and fnmatchcase(each, other) for other in patterns)]


def derived_actions(rule: dict[str, Any], every_service: list[str], data: dict[str, Any]) -> list[str]:
    """The patterns of all actions at the rule's levels in its services."""
    services = every_service if rule["services"] == "all" else rule["services"]
    excluded = rule.get("except", [])
    patterns = []
    for service in sorted(services):
        actions = data[service]["actions"]
        wanted = {
            name
            for name, facts in actions.items()
            if facts["level"] in rule["levels"]
            and not any(fnmatchcase(f"{service}:{name}", pattern) for pattern in excluded)
        }
        patterns += [f"{service}:{pattern}" for pattern in covering_patterns(wanted, set(actions))]
    return patterns


def statement(facts: dict[str, Any], every_service: list[str], data: dict[str, Any]) -> dict[str, Any]:
    """A policy statement from what it should grant."""
    made: dict[str, Any] = {"Sid": facts["sid"], "Effect": facts.get("effect", "Allow")}
    if "not_actions" in facts:
        made["NotAction"] = facts["not_actions"]
    else:
        derived = derived_actions(facts["derive"], every_service, data) if "derive" in facts else []
        made["Action"] = sorted({*derived, *facts.get("actions", [])})
    made["Resource"] = facts.get("resources", "*")
    if "condition" in facts:
        made["Condition"] = facts["condition"]
    return made


def stable_id(name: str) -> str:
    """An id of AWS's form for a policy whose real one is not publicly known: the same at every run."""
    return "ANPA" + base64.b32encode(hashlib.sha256(name.encode()).digest()).decode()[:17]


def build(data: dict[str, Any]) -> dict[str, str]:
    """The text of each policy's file, by the policy's name; `data` are the services of the service-authorization data."""
    facts = tomllib.loads(FACTS.read_text())
    statements = {policy["name"]: policy["statement"] for policy in facts["policy"] if "statement" in policy}
    made = {}
    for policy in facts["policy"]:
        whole = policy if "statement" in policy else policy | {"statement": statements[policy["same_as"]]}
        made[policy["name"]] = file_text(whole, facts["services"], data)
    return made


def file_text(policy: dict[str, Any], every_service: list[str], data: dict[str, Any]) -> str:
    """The file of one policy."""
    statements = [statement(each, every_service, data) for each in policy["statement"]]
    made = {
        "name": policy["name"],
        "path": policy.get("path", "/"),
        "id": policy.get("id") or stable_id(policy["name"]),
        "description": policy["description"],
        "created_at": policy["created_at"].isoformat(),
        "updated_at": WRITTEN_AT.isoformat(),
        "document": {"Version": "2012-10-17", "Statement": statements},
    }
    return json.dumps(made, indent=1) + "\n"


def read_services(path: Path) -> dict[str, Any]:
    """The services of the service-authorization data."""
    services: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))["services"]
    return services


def main(data_path: str) -> None:
    """Write one JSON file for each policy, and remove those that are no longer declared."""
    texts = build(read_services(Path(data_path)))
    OUTPUT.mkdir(exist_ok=True)
    for name, text in texts.items():
        (OUTPUT / f"{name}.json").write_text(text)
    for stale in OUTPUT.glob("*.json"):
        if stale.stem not in texts:
            stale.unlink()
    print(f"{len(texts)} policies")


if __name__ == "__main__":
    main(sys.argv[1])
