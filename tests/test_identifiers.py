"""The ids that Garrison gives."""

from __future__ import annotations

import multiprocessing
import re
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from garrison import identifiers


def _some_request_ids(_: int) -> list[str]:
    return [identifiers.request_id() for _ in range(500)]


def test_a_request_id_is_a_random_uuid() -> None:
    pattern = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(pattern.fullmatch(identifiers.request_id()) for _ in range(1000))


def test_threads_and_forked_processes_never_share_a_request_id() -> None:
    identifiers.request_id()
    with ThreadPoolExecutor(4) as threads:
        found = [each for ids in threads.map(_some_request_ids, range(4)) for each in ids]
    with multiprocessing.get_context("fork").Pool(3) as processes:
        found += [each for ids in processes.map(_some_request_ids, range(3)) for each in ids]
    found += _some_request_ids(0)
    assert len(set(found)) == len(found)


@given(st.integers(0, 10**12 - 1).map(lambda number: f"{number:012d}"))
def test_an_access_key_id_carries_its_account(account: str) -> None:
    key_id = identifiers.access_key_id(account)
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", key_id)
    assert identifiers.account_of_access_key(key_id) == account


def test_what_is_no_access_key_id_has_no_account() -> None:
    for text in ("", "AKIA", "akiaaaaaaaaaaaaaaaaa", "AKIA" + "0" * 16, "AKIA" + "A" * 17):
        assert identifiers.account_of_access_key(text) is None


def test_a_unique_id_has_its_kind_and_seventeen_characters() -> None:
    assert re.fullmatch(r"AROA[A-Z2-7]{17}", identifiers.unique_id(identifiers.ROLE))


def test_a_secret_access_key_has_forty_characters() -> None:
    assert re.fullmatch(r"[A-Za-z0-9+/]{40}", identifiers.secret_access_key())
