"""Scores: CVSS vectors, whose word on severity counts, and what the network makes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from garrison.scan.inventory.facts import Listener
from garrison.scan.vulnerabilities import ratings
from tests.scan.vulnerabilities.conftest import Made, inventory, osv, package

NETWORK = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
SERVER = "pkg:npm/server@1"


@pytest.mark.parametrize(
    ("vector", "version", "base"),
    [
        (NETWORK, "3.1", 9.8),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", "3.0", 6.1),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:N", "3.1", 0.0),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "4.0", 10.0),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C", "2.0", 7.8),
        ("(AV:N/AC:M/Au:N/C:P/I:P/A:P/E:F/RL:OF/RC:C)", "2.0", 6.8),
    ],
)
def test_base_scores_of_the_specifications_examples(vector: str, version: str, base: float) -> None:
    rating = ratings.rating(vector, "NVD")
    assert rating is not None
    assert (rating.version, rating.base) == (version, base)


@pytest.mark.parametrize("vector", ["", "7.5", "CVSS:3.1/AV:X", "CVSS:9.9/AV:N", NETWORK * 10, "CVSS:3.1/AV:N/AC:L"])
def test_what_is_no_vector_has_no_score(vector: str) -> None:
    assert ratings.rating(vector, "NVD") is None


@pytest.mark.parametrize(
    ("base", "band"), [(0.0, "INFORMATIONAL"), (0.1, "LOW"), (4.0, "MEDIUM"), (7.0, "HIGH"), (9.0, "CRITICAL")]
)
def test_bands(base: float, band: str) -> None:
    assert ratings.band(base) == band


def test_the_distributions_severity_counts_over_the_score(made: Made) -> None:
    made.write(
        "data.json", {"vim": {"CVE-2026-1001": {"releases": {"bookworm": {"status": "open", "urgency": "low"}}}}}
    )
    made.write("summary.jsonl", {"id": "CVE-2026-1001", "pub": "2026-01-02", "cvss": {"NVD": {"V3_1": NETWORK}}})
    made.build()
    (told,), _ = made.database.match(inventory(package("pkg:deb/debian/vim@2:9")))
    assert (told.severity, told.score, told.scores[0].source) == ("LOW", 9.8, "NVD")


def listener(address: str, port: int = 443) -> Listener:
    return Listener(protocol="tcp", address=address, port=port, package=SERVER)


@pytest.mark.parametrize(
    ("listeners", "reachable", "score", "metric"),
    [
        ([], None, 9.8, ""),
        ([listener("0.0.0.0")], None, 9.8, ""),
        ([listener("0.0.0.0")], [("tcp", 443)], 9.8, ""),
        ([listener("0.0.0.0")], [("tcp", 22)], 8.8, "tcp/443"),
        ([listener("127.0.0.1")], [("tcp", 443)], 8.4, "loopback"),
        ([listener("127.0.0.1"), listener("::")], [("tcp", 443)], 9.8, ""),
        ([], [("tcp", 22)], 9.8, ""),
        ([], [], 8.8, "this host"),
    ],
)
def test_the_network_lowers_the_score_where_it_does_not_lead(
    of: Callable[..., Made], listeners: list[Listener], reachable: Any, score: float, metric: str
) -> None:
    made = of(osv("GHSA-1", "npm", "server", {"introduced": "0"}, severity=[{"type": "CVSS_V3", "score": NETWORK}]))
    host = inventory(package(SERVER), listeners=tuple(listeners))
    (told,), _ = made.database.match(host, reachable=reachable)
    assert told.score == score
    assert [name for name, _ in told.adjustments] == (["Attack Vector"] if metric else [])
    assert all(metric in reason for _, reason in told.adjustments)
