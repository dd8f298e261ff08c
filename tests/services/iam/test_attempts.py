"""Waiting after failures: nothing for a few, doubled with each of the next, then half an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from garrison.services.iam.attempts import wait_after


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 16), (10, 1800), (11, 1800), (10**9, 1800)],
)
def test_the_wait_grows_with_failures_in_a_row(failures: int, seconds: int) -> None:
    assert wait_after(failures) == timedelta(seconds=seconds)
