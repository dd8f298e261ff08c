"""The paginator alone: pages join up to the whole list whatever the keys and sizes, and markers fit AWS's limits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.errors import ApiError
from garrison.services.iam.paging import page_of, position

CALL: Any = SimpleNamespace(account="123456789012", operation="ListThings")


def page(items: list[str], **request: Any) -> dict[str, Any]:
    """A page of texts that are their own keys."""
    return page_of(CALL, request, "Things", items, key=str, render=str)


@given(st.sets(st.text(min_size=1, max_size=500), max_size=30), st.integers(1, 10))
def test_pages_join_up_to_the_whole_list(items: set[str], size: int) -> None:
    found: list[str] = []
    answer = page(list(items), MaxItems=size)
    found += answer["Things"]
    while answer["IsTruncated"]:
        assert len(answer["Things"]) == size
        assert len(answer["Marker"]) <= 320
        answer = page(list(items), MaxItems=size, Marker=answer["Marker"])
        found += answer["Things"]
    assert "Marker" not in answer
    assert sorted(found) == sorted(items)


def test_a_page_has_a_hundred_items_where_none_are_asked_for() -> None:
    answer = page([f"{number:03}" for number in range(101)])
    assert len(answer["Things"]) == 100
    assert answer["IsTruncated"]


def test_a_marker_holds_after_its_item_is_gone() -> None:
    marker = page(["a", "b", "c"], MaxItems=2)["Marker"]
    assert page(["a", "c"], Marker=marker)["Things"] == ["c"]


@given(st.text(max_size=320))
def test_a_marker_from_elsewhere_is_refused(marker: str) -> None:
    with pytest.raises(ApiError, match=r"Invalid Marker\."):
        position(CALL, {"Marker": marker})


def test_a_changed_marker_is_refused() -> None:
    marker = page(["alice", "bob"], MaxItems=1)["Marker"]
    for index in range(len(marker)):
        changed = marker[:index] + ("A" if marker[index] != "A" else "B") + marker[index + 1 :]
        with pytest.raises(ApiError, match=r"Invalid Marker\."):
            position(CALL, {"Marker": changed})
