"""How reports travel, and the file of hosts' last ones."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from garrison.hosts import Hosts, Outdated
from garrison.hosts.file import decode
from garrison.scan import sending
from garrison.scan.sending import Undeliverable

from .conftest import report

LINES = st.lists(st.sampled_from([b"", b"a", b"b", b"=1 2", b"+x", b"{}"]), min_size=1, max_size=30)


@given(LINES, LINES)
def test_a_delta_makes_the_new_of_the_base(base: list[bytes], new: list[bytes]) -> None:
    old, fresh = b"\n".join(base), b"\n".join(new)
    assert sending.applied(old, sending.delta(old, fresh)) == fresh


def test_a_report_is_json_that_reads_back_whatever_names_hold() -> None:
    made = report("openssl@3.0.11", "na\udc80me@1", host='"\n')
    content = sending.encoded(made)
    assert json.loads(content)["inventory"]["packages"][0]["name"] == "openssl"
    assert decode(content).inventory.host == '"\n'
    assert decode(content).inventory.packages[1].name == "na?me"


def test_one_changed_package_is_a_small_delta() -> None:
    names = [f"package-{number}@1" for number in range(1000)]
    base, new = sending.encoded(report(*names)), sending.encoded(report(*names[:500], "new@1", *names[501:]))
    assert len(sending.delta(base, new)) < 200 < len(base)


@pytest.mark.parametrize("change", [b"", b"=", b"=0 0", b"=0 9", b"=-1 1", b"=0 1 ", b"x", b"=9999999 1"])
def test_a_delta_that_is_none_is_refused(change: bytes) -> None:
    with pytest.raises(Undeliverable):
        sending.applied(b"a\nb", change)


def test_bombs_are_refused() -> None:
    large = b"x" * 1_000_000
    with pytest.raises(Undeliverable, match="larger"):
        sending.applied(large, b"\n".join([b"=0 1"] * 20))
    with pytest.raises(Undeliverable, match="larger"):
        sending.decompressed(gzip.compress(bytes(sending.MOST_BYTES + 1)), sending.MOST_BYTES)
    for bad in (b"none", gzip.compress(b"{}")[:-4], gzip.compress(b"{}") + b"more"):
        with pytest.raises(Undeliverable):
            sending.decompressed(bad, 100)
    for deep in (b'{"unread":' + b"[" * 100_000, b'{"x":' + b"[" * 100_000, b'{"version":2}', b"[]", b'"\xff"'):
        with pytest.raises(Undeliverable):
            decode(deep)


def test_the_file_keeps_the_last_report_of_each_host_and_tells_what_changed(tmp_path: Path) -> None:
    hosts, at = Hosts(tmp_path / "hosts" / "reports.db", sync=False), datetime(2026, 11, 26, tzinfo=UTC)
    assert hosts.last("1", "eu", "a") is None
    assert hosts.changed_since() == []
    first = hosts.put("1", "eu", "a", report("x@1"), instance="i-0123456789abcdef0", at=at)
    hosts.put("1", "eu", "b", sending.encoded(report("x@1", instance="i-22222222")), at=at)
    again = hosts.put("1", "eu", "a", report("x@2", instance="i-33333333"), instance="i-0123456789abcdef0", sequence=7)
    assert (first.number, first.sequence, again.sequence) == (1, 1, 7)
    assert [(one.host, one.number) for one in hosts.changed_since()] == [("b", 2), ("a", 3)]
    assert hosts.changed_since(again.number) == []
    assert [one.host for one in hosts.listed("1", "eu", after="a")] == ["b"]
    last = hosts.last("1", "eu", "a")
    assert last is not None
    assert (last.inventory.packages[0].version, last.inventory.instance) == ("2", "i-0123456789abcdef0")
    with pytest.raises(Outdated):
        hosts.put("1", "eu", "a", report("x@1"), sequence=7)
    assert [one.host for one in hosts.of_instance("1", "eu", "i-22222222")] == ["b"]
    hosts.forget("1", "eu", "a")
    assert hosts.last("1", "eu", "a") is None
