"""Listings: in order, by prefix, rolled up at a delimiter, page by page; and the walk behind them against a plain model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.services.s3.walking import LAST, page_of_keys, rolled_up

Refused = Callable[..., tuple[str, int]]
KEYS = ["a", "a/1", "a/2", "a/b/3", "b", "c/", "c/x", "d+e f", "ü"]


@pytest.fixture
def filled(s3: Any, bucket: str) -> str:
    for key in KEYS:
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    return bucket


def test_keys_come_in_order_of_their_bytes(s3: Any, filled: str) -> None:
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=filled)["Contents"]] == KEYS
    assert [each["Key"] for each in s3.list_objects(Bucket=filled)["Contents"]] == KEYS


def test_a_delimiter_rolls_up(s3: Any, filled: str) -> None:
    top = s3.list_objects_v2(Bucket=filled, Delimiter="/")
    assert [each["Key"] for each in top["Contents"]] == ["a", "b", "d+e f", "ü"]
    assert [each["Prefix"] for each in top["CommonPrefixes"]] == ["a/", "c/"]
    assert top["KeyCount"] == 6
    below = s3.list_objects_v2(Bucket=filled, Delimiter="/", Prefix="a/")
    assert [each["Key"] for each in below["Contents"]] == ["a/1", "a/2"]
    assert [each["Prefix"] for each in below["CommonPrefixes"]] == ["a/b/"]


@pytest.mark.parametrize("delimiter", ["", "/"])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pages_join_to_the_whole(s3: Any, filled: str, delimiter: str, size: int) -> None:
    for operation in ("list_objects_v2", "list_objects"):
        found: list[str] = []
        pages = s3.get_paginator(operation).paginate(
            Bucket=filled, Delimiter=delimiter, PaginationConfig={"PageSize": size}
        )
        for page in pages:
            entries = [each["Key"] for each in page.get("Contents", ())]
            entries += [each["Prefix"] for each in page.get("CommonPrefixes", ())]
            assert len(entries) <= size
            found += sorted(entries)
        assert found == (KEYS if not delimiter else ["a", "a/", "b", "c/", "d+e f", "ü"])


def test_a_listing_starts_after_a_key(s3: Any, filled: str) -> None:
    answer = s3.list_objects_v2(Bucket=filled, StartAfter="b")
    assert [each["Key"] for each in answer["Contents"]] == KEYS[5:]


def test_nonsense_is_refused(s3: Any, filled: str, refused: Refused) -> None:
    assert refused(s3.list_objects_v2, Bucket=filled, MaxKeys=-1) == ("InvalidArgument", 400)
    assert refused(s3.list_objects_v2, Bucket=filled, ContinuationToken="ü?") == ("InvalidArgument", 400)
    assert s3.list_objects_v2(Bucket=filled, MaxKeys=0)["KeyCount"] == 0
    assert s3.list_objects_v2(Bucket=filled, MaxKeys=5000)["MaxKeys"] == 1000


@dataclass(frozen=True)
class Entry:
    bucket: str
    key: str
    rank: int


texts = st.text(alphabet="ab/\U0010ffff\ud7ff", max_size=5)


@given(
    st.sets(texts.filter(bool), max_size=30),
    texts,
    st.sampled_from(["", "/", "ab"]),
    st.integers(1, 4),
    st.integers(1, 12),
)
def test_the_walk_shows_what_a_plain_model_shows(
    keys: set[str], prefix: str, delimiter: str, limit: int, depth: int
) -> None:
    stored = sorted((key, rank) for key in keys for rank in range(1, depth + 1))

    def fetch(place: tuple[str, int], size: int) -> list[Entry]:
        later = [Entry("b", key, rank) for key, rank in stored if (key, rank) > place]
        return [*later, Entry("c", "", 1)][:size]

    expected: list[str] = []
    for key in sorted(keys):
        if key.startswith(prefix):
            entry = rolled_up(key, prefix, delimiter) or key
            if entry not in expected[-1:]:
                expected.append(entry)
    found: list[str] = []
    start_after = ""
    while True:
        page = page_of_keys(fetch, "b", prefix=prefix, delimiter=delimiter, start_after=start_after, limit=limit)
        found += sorted([item.key for item in page.items] + page.prefixes)  # type: ignore[attr-defined]
        if not page.is_truncated:
            break
        start_after = page.last
    assert found == expected
    assert depth < LAST
