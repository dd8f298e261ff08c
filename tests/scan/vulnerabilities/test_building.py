"""A database is built beside the one in use, source by source, and what was interrupted goes on."""

from __future__ import annotations

import gzip
import json
import os
import signal
from collections.abc import Iterator

import pytest

from garrison.errors import OperatorError
from garrison.scan.vulnerabilities.advisory import Record
from garrison.scan.vulnerabilities.building import Source, alone, build
from garrison.scan.vulnerabilities.sources import file_source
from tests.scan.vulnerabilities.conftest import NOW, Made, inventory, osv, package

THING = inventory(package("pkg:npm/thing@1"))


def names(made: Made) -> set[str]:
    return {each.id for each in made.database.match(THING)[0]}


def test_a_source_is_read_again_only_when_its_bytes_change(made: Made) -> None:
    made.write("one.json", osv("GHSA-1", "npm", "thing", {"introduced": "0"}))
    made.write("two.json", osv("GHSA-2", "npm", "thing", {"introduced": "0"}))
    made.build()
    made.write("two.json", osv("GHSA-3", "npm", "thing", {"introduced": "0"}))
    assert {each.name: each.is_unchanged for each in made.build().sources} == {"one.json": True, "two.json": False}
    assert names(made) == {"GHSA-1", "GHSA-3"}


def test_sources_of_earlier_builds_stay_unless_it_is_built_afresh(made: Made) -> None:
    made.write("one.json", osv("GHSA-1", "npm", "thing", {"introduced": "0"}))
    made.build()
    (made.sources / "one.json").unlink()
    made.write("two.json", osv("GHSA-2", "npm", "thing", {"introduced": "0"}))
    made.build()
    assert names(made) == {"GHSA-1", "GHSA-2"}
    made.build(fresh=True)
    assert names(made) == {"GHSA-2"}


def test_what_changed_since_a_mark_is_told_by_package(made: Made) -> None:
    made.write("one.json", osv("GHSA-1", "npm", "thing", {"introduced": "0"}, aliases=["CVE-2026-1001"]))
    made.write("two.json", osv("GHSA-2", "PyPI", "Other_Thing", {"introduced": "0"}))
    made.build()
    first = made.database.mark
    assert made.database.changed_since("") == {("npm", "thing"), ("PyPI", "other-thing")}
    assert made.database.changed_since(first) == set()
    made.write("two.json", osv("GHSA-2", "PyPI", "Other_Thing", {"introduced": "0"}, {"fixed": "2"}))
    assert made.build().changed == 1
    second = made.database.mark
    assert made.database.changed_since(first) == {("PyPI", "other-thing")}
    made.write("kev.json", {"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-2026-1001"}]})
    made.build()
    assert made.database.changed_since(second) == {("npm", "thing")}
    third = made.database.mark
    made.write("two.json", osv("GHSA-2", "PyPI", "Other_Thing", {"introduced": "0"}, withdrawn="2026-11-01T00:00:00Z"))
    made.write("three.json", osv("GHSA-3", "npm", "new", {"introduced": "0"}))
    made.build()
    assert made.database.changed_since(third) == {("PyPI", "other-thing"), ("npm", "new")}
    assert len(made.database.changed_since("elsewhere:99")) == 3
    made.build(fresh=True)
    assert len(made.database.changed_since(third)) == 2  # another line: everything it knows


def test_only_the_named_packages_are_matched_again(made: Made) -> None:
    made.write("one.jsonl", osv("GHSA-1", "npm", "thing", {"introduced": "0"}))
    made.build()
    host = inventory(package("pkg:npm/thing@1"), package("pkg:npm/other@1"))
    assert made.database.match(host, only={("npm", "thing")})[0]
    assert made.database.match(host, only={("npm", "other")}) == ([], [])


class StoppedError(Exception):
    """What a kill looks like from inside."""


def test_an_interrupted_build_goes_on_with_the_sources_that_are_missing(made: Made) -> None:
    made.write("one.json", osv("GHSA-1", "npm", "thing", {"introduced": "0"}))
    made.build()
    made.write("two.json", osv("GHSA-2", "npm", "thing", {"introduced": "0"}))
    reads: list[str] = []

    def told(name: str) -> Source:
        source = file_source(made.sources / name)

        def records() -> Iterator[Record]:
            reads.append(name)
            yield from source.records()

        return Source(name, source.digest, source.size_bytes, records)

    def stopped() -> Iterator[Source]:
        yield told("two.json")
        raise StoppedError

    with pytest.raises(StoppedError):
        build(made.path, stopped(), NOW)
    assert names(made) == {"GHSA-1"}
    build(made.path, [told("one.json"), told("two.json")], NOW)
    assert names(made) == {"GHSA-1", "GHSA-2"}
    assert reads == ["two.json"]


def test_a_killed_build_loses_nothing_and_goes_on(made: Made) -> None:
    made.write("one.json", osv("GHSA-1", "npm", "thing", {"introduced": "0"}))
    made.build()
    made.write("two.json", osv("GHSA-2", "npm", "thing", {"introduced": "0"}))
    source = file_source(made.sources / "two.json")

    def killed() -> Iterator[Record]:
        yield from source.records()
        os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        build(made.path, [source, Source("three.json", "x", 1, killed)], NOW)
    _, state = os.waitpid(child, 0)
    assert os.WTERMSIG(state) == signal.SIGKILL
    assert names(made) == {"GHSA-1"}
    assert made.build().sources[1].is_unchanged  # what was whole is not read again
    assert names(made) == {"GHSA-1", "GHSA-2"}


def test_a_source_that_broke_keeps_what_it_said_before(made: Made) -> None:
    whole = gzip.compress(json.dumps(osv("GHSA-1", "npm", "thing", {"introduced": "0"})).encode())
    made.write("one.json.gz", whole)
    made.build()
    made.write("one.json.gz", whole[:-20])
    assert [each.is_broken for each in made.build().sources] == [True]
    assert names(made) == {"GHSA-1"}


def test_two_builds_at_once_are_refused(made: Made) -> None:
    with alone(made.path), pytest.raises(OperatorError):
        made.build()


def test_a_file_that_is_no_database_is_built_anew(made: Made) -> None:
    made.path.write_bytes(b"nonsense" * 1000)
    assert made.database.match(THING)[1]
    made.write("one.json", osv("GHSA-1", "npm", "thing", {"introduced": "0"}))
    made.build()
    assert names(made) == {"GHSA-1"}
