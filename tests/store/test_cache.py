"""The cache answers only with what is true at a change count, and stays within its size."""

from __future__ import annotations

from garrison.store.cache import MISSING, Cache


def test_a_value_is_good_for_its_change_count_only() -> None:
    cache = Cache()
    cache.put(("k",), 3, None, 0)
    assert cache.get(("k",), 3) is None
    assert cache.get(("k",), 4) is MISSING
    assert cache.get(("other",), 3) is MISSING


def test_a_full_cache_starts_anew_and_the_largest_values_are_not_kept() -> None:
    cache = Cache(most=10_000)
    cache.put(("large",), 1, "large", 5_000)
    assert cache.get(("large",), 1) is MISSING
    for number in range(100):
        cache.put((number,), 1, number, 600)
        assert cache.get((number,), 1) == number
    assert sum(cache.get((number,), 1) is not MISSING for number in range(100)) <= 10
