"""What holds of every check over whatever items: none breaks, and none says ok of what it could not see."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import garrison.rules
from garrison.items import Item
from garrison.rules import Inventory
from garrison.rules.advice import Inputs, Status, advise, checks, needs

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ALL = tuple(checks().values())
TYPES = sorted(needs(ALL) | {"AWS::::Account": frozenset()})
PARTS = sorted({part for parts in needs(ALL).values() for part in parts} - {"tags"})


def _calls() -> Iterator[ast.Call | ast.Constant]:
    rules = Path(garrison.rules.__file__).parent
    for source in [*rules.joinpath("advice").rglob("*.py"), *rules.joinpath("managed").glob("*.py")]:
        yield from (node for node in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(node, WANTED))


WANTED = (ast.Call, ast.Constant)
NODES = list(_calls())
TEXTS = {node.value for node in NODES if isinstance(node, ast.Constant) and isinstance(node.value, str)}
WORDS = sorted(word for word in TEXTS if word.isascii() and 0 < len(word) < 40 and "\n" not in word)
WORDS += ["0.0.0.0/0", "2026-02-01T00:00:00Z", "10", "{", ""] * 20
DEEPEST = 5
READERS = ("text", "flag", "number", "moment", "objects", "texts", "part", "rows_of")


def _kinds() -> dict[str, str]:
    """By which reader the source of the checks reads a name."""
    kinds = {}
    for node in NODES:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in READERS:
            path = [one.value for one in node.args[1:] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            kinds |= dict.fromkeys(path[:-1], "part") | dict.fromkeys(path[-1:], node.func.id)
    return kinds


KINDS = _kinds()


class Whatever(dict[str, Any]):
    """An object that has something under every name that is asked for: the same each time, mostly of the kind that is read."""

    def __init__(self, seed: int, depth: int = 0) -> None:
        super().__init__()
        self.seed, self.depth = seed, depth

    def get(self, name: Any, default: Any = None) -> Any:
        chance = Random(f"{self.seed}.{name}")
        if chance.random() < 0.1:
            return default
        kind = KINDS.get(name, "text") if chance.random() < 0.9 else chance.choice(READERS)
        return self._made(kind, chance)

    def _made(self, kind: str, chance: Random) -> Any:
        if kind == "flag":
            return chance.choice([True, False])
        if kind == "number":
            return chance.choice([0, 1, 2, 22, 443, -1, 70_000, 1.5, float("nan"), 1.7e12])
        if kind == "moment":
            return chance.choice(["2026-02-01T00:00:00Z", "2024-01-01", 1_700_000_000_000, "yesterday"])
        if kind in ("text", "texts"):
            words = [chance.choice(WORDS) for _ in range(chance.randrange(4))]
            return words if kind == "texts" else chance.choice(WORDS)
        if self.depth > DEEPEST:
            return None
        inner = [Whatever(chance.getrandbits(32), self.depth + 1) for _ in range(chance.randrange(4))]
        return Whatever(chance.getrandbits(32), self.depth + 1) if kind == "part" else inner

    def __contains__(self, name: object) -> bool:
        return self.get(name) is not None

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def __bool__(self) -> bool:
        return self.seed % 8 != 0


def items(chance: Random) -> list[Item]:
    """Some items of every type that a check reads."""
    return [
        Item(
            account="111122223333", region=chance.choice(["eu-west-1", "us-east-1", "global"]), resource_type=kind,
            resource_id=f"i-{number}", arn=f"arn:aws:x:eu-west-1:111122223333:{kind}/{number}",
            configuration=Whatever(chance.getrandbits(32)), supplementary=Whatever(chance.getrandbits(32)),
            captured_at=NOW, status=chance.choice(["OK", "OK", "OK", "ResourceDeleted"]),
            unknown=tuple(f"{part}: AccessDenied" for part in chance.sample(PARTS, chance.randrange(3))),
        )
        for kind in TYPES
        for number in range(chance.randrange(4))
    ]  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.randoms(use_true_random=False), st.sets(st.sampled_from(TYPES), max_size=10))
def test_no_check_breaks_or_takes_the_unseen_for_ok(chance: Random, unseen: set[str]) -> None:
    inventory = Inventory(
        "111122223333", items(Random(chance.getrandbits(32))), at=NOW, unseen=dict.fromkeys(unseen, "AccessDenied")
    )
    inputs = Inputs(inventory)
    for check in ALL:
        result = advise(check, inputs)
        assert not result.is_broken, (check.key, result.reason)
        if unseen & check.needs.keys():
            assert result.status is not Status.OK, check.key
            assert result.reason, check.key


def test_the_readers_are_found() -> None:
    assert KINDS["ipPermissions"] == "objects"
    assert KINDS["groupName"] == "text"
    assert KINDS["TrailStatus"] == "part"
