"""Texts of every kind come back as they were kept."""

from __future__ import annotations

import pytest

from garrison.store import Contains, StartsWith, Store, Unstorable

from .conftest import ACCOUNT, REGION, Gate, gate

TEXTS = [
    "",
    " ",
    "\x01\x02\x7f",
    "\\u0000",
    "\u2028",
    "é",
    "e\u0301",
    "\U0001f600",
    "'\"\\%_?",
    "null",
    "1",
    "x" * 2000,
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_kept_and_found_by(store: Store, text: str) -> None:
    with store.writing(ACCOUNT, REGION, event_id="e") as unit:
        kept = unit.add(gate(text, path=text, guard=text, keepers=(text,), tags={text: text}))
        unit.add(gate("another" + text))
    for _ in range(2):
        with store.reading(ACCOUNT, REGION) as unit:
            assert unit.get(Gate, text, 1) == kept
            for where in ({"guard": text}, {"keepers": Contains(text)}, {"guard": StartsWith(text), "path": text}):
                assert unit.page(Gate, where=where) == [kept], where
            assert unit.history(Gate, text, 1)[0].resource == kept
            assert unit.by_arn(Gate, kept.arn) == kept


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\\\x00", "\\u0000\x00"])
def test_a_text_with_a_zero_character_is_refused_and_never_found(store: Store, text: str) -> None:
    for fields in ({"guard": text}, {"keepers": (text,)}, {"tags": {"k": text}}, {"tags": {text: "v"}}, {"wall": text}):
        with pytest.raises(Unstorable), store.writing(ACCOUNT, REGION) as unit:
            unit.add(gate(**fields))
    with store.writing(ACCOUNT, REGION) as unit:
        unit.add(gate(guard="a"))
    with store.reading(ACCOUNT, REGION) as unit:
        assert unit.get(Gate, text, 1) is None
        assert unit.by_arn(Gate, f"arn:aws:test:{REGION}:{ACCOUNT}:gate/{text}/1") is None
        for where in ({"guard": text}, {"keepers": Contains(text)}, {"guard": StartsWith(text)}):
            assert unit.page(Gate, where=where) == []
