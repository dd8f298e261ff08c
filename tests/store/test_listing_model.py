"""Listings, counts and gets agree with a plain dict, whatever the keys, conditions and places."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from garrison.store import Contains, StartsWith, Store
from garrison.store.resource import key_of

from .conftest import REGION, Gate

_accounts: Iterator[int] = itertools.count(1)

TEXTS = st.text(alphabet=st.sampled_from("ab/%_'\"\\\x01\x02\t\n é\ud7ff\ue000\U0001f600\U0010ffff"), max_size=4)
NUMBERS = st.integers(0, 3) | st.just(2**40)
GATES = st.builds(
    dict,
    wall=TEXTS,
    number=NUMBERS,
    path=TEXTS,
    guard=st.none() | TEXTS,
    is_open=st.booleans(),
    width=st.integers(-1, 2),
    keepers=st.lists(TEXTS, max_size=3).map(tuple),
)
WHERE = st.fixed_dictionaries(
    {},
    optional={
        "path": TEXTS | TEXTS.map(StartsWith),
        "guard": st.none() | TEXTS | TEXTS.map(StartsWith),
        "is_open": st.booleans(),
        "width": st.integers(-1, 2),
        "keepers": TEXTS.map(Contains),
    },
)
STEPS = st.lists(st.tuples(st.sampled_from(["add", "save", "remove"]), GATES), max_size=12)


def _matches(found: Gate, where: dict[str, Any]) -> bool:
    for field, wanted in where.items():
        value = getattr(found, field)
        if isinstance(wanted, StartsWith):
            is_met = value is not None and value.startswith(wanted.prefix)
        elif isinstance(wanted, Contains):
            is_met = wanted.value in value
        else:
            is_met = value == wanted
        if not is_met:
            return False
    return True


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, where=WHERE, after=st.none() | st.tuples(TEXTS, NUMBERS), limit=st.none() | st.integers(1, 4))
def test_a_store_agrees_with_a_dict(
    store: Store, steps: list[Any], where: dict[str, Any], after: tuple[str, int] | None, limit: int | None
) -> None:
    account = f"{next(_accounts):012d}"
    model: dict[tuple[str, int], Gate] = {}
    with store.writing(account, REGION) as unit:
        for step, fields in steps:
            wanted = Gate(account=account, **fields)
            key = (wanted.wall, wanted.number)
            kept = model.get(key)
            if kept is None:
                model[key] = unit.add(wanted)
            elif step == "remove":
                unit.remove(model.pop(key))
            else:
                model[key] = unit.save(replace(wanted, revision=kept.revision))
    expected = [model[key] for key in sorted(model) if _matches(model[key], where)]
    page = [found for found in expected if after is None or (found.wall, found.number) > after][:limit]
    for _ in range(2):  # from the database, then from the cache
        with store.reading(account, REGION) as unit:
            assert unit.page(Gate, where=where, after=after, limit=limit) == page
            assert unit.count(Gate, where) == len(expected)
            for key, kept in model.items():
                assert unit.get(Gate, *key) == kept


@given(st.lists(st.tuples(st.text(), st.integers(0, 10**19), st.text()), max_size=20))
def test_keys_sort_as_their_identities_do_and_are_never_shared(identities: list[tuple[str, int, str]]) -> None:
    texts = [
        identity for identity in identities if not any("\ud800" <= c <= "\udfff" for c in identity[0] + identity[2])
    ]
    assert sorted(texts) == sorted(texts, key=key_of)
    assert len({key_of(identity) for identity in texts}) == len(set(texts))
    assert not any("\x00" in key_of(identity) for identity in texts)


@pytest.mark.parametrize("identity", [(None,), (True,), (-1,), (1.5,), (b"x",)])
def test_what_makes_no_key_is_refused(identity: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        key_of(identity)


def test_an_identity_has_all_its_parts(store: Store) -> None:
    with store.reading("111122223333", REGION) as unit:
        for parts in (("north",), ("north", 1, 2)):
            with pytest.raises(TypeError, match="is identified by"):
                unit.get(Gate, *parts)


def test_a_page_starts_where_the_last_one_ended(store: Store) -> None:
    account = f"{next(_accounts):012d}"
    with store.writing(account, REGION) as unit:
        for number in range(57):
            unit.add(Gate(account=account, wall="w", number=number))
    seen: list[int] = []
    after: tuple[str, int] | None = None
    with store.reading(account, REGION) as unit:
        while page := unit.page(Gate, where={"path": StartsWith("/")}, after=after, limit=10):
            seen += [found.number for found in page]
            after = (page[-1].wall, page[-1].number)
    assert seen == list(range(57))
