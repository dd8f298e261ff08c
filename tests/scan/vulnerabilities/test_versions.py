"""Versions sort as their ecosystems say: tables from the specifications, then random pairs beside those who made the orders."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import InvalidVersion
from packaging.version import Version as PythonVersion
from univers import versions as univers

from garrison.scan.vulnerabilities.versions import Unordered, key

PAIRS = 3_000
"""Of each order; `benchmarks/match.py` compares 100,000."""

ASCENDING = {
    "dpkg": [
        "0~~",
        "0~",
        "0",
        "0a",
        "0+",
        "1.0~rc1-1",
        "1.0-1",
        "1.0-1+b1",
        "1.0-1+deb12u1",
        "1.0-2",
        "1.0+dfsg-1",
        "1:0.1",
    ],
    "rpm": ["1.0~rc1-1", "1.0-1.el9", "1.0-1.el9_2", "1.0^git1-1", "1.0a-1", "1.0.1-1", "1.10-1", "1:0.1-1"],
    "apk": ["1.0_alpha1", "1.0_rc2", "1.0", "1.0-r1", "1.0_p1", "1.0a", "1.0.1", "1.05", "1.1", "1.2", "1.10", "2"],
    "pep440": [
        "1.dev1",
        "1a1.dev1",
        "1a1",
        "1rc1",
        "1",
        "1+local",
        "1+1",
        "1.post1.dev1",
        "1.post1",
        "1.1",
        "1.10",
        "1!0",
    ],
    "semver": [
        "1.0.0-1",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "v1.0.0",
        "1.0.1",
    ],
    "gem": ["1.0.a", "1.0.b1", "1.0.pre", "1.0", "1.0.1", "1.1", "1.10", "2.a", "2"],
    "maven": ["1-alpha-1", "1-beta", "1-m3", "1-rc", "1-SNAPSHOT", "1", "1-sp", "1-jre8", "1-1", "1.1", "1.10", "2"],
}
EQUAL = {
    "dpkg": [("1.0", "1.0-0"), ("0:1.0-1", "1.0-1"), ("1.00-01", "1.0-1")],
    "rpm": [("1.0-1", "0:1.0-1"), ("1_0-1", "1.0-1")],
    "pep440": [("1.0", "1"), ("1.0rc1", "1.0-c.1"), ("1.0-1", "1.post1"), ("V1.0", "1.0")],
    "semver": [("1.2.3+a", "1.2.3+b"), ("1.2", "1.2.0"), ("go1.21.0", "1.21")],
    "gem": [("1.0", "1"), ("1.0.a", "1.a"), ("1-rc1", "1.pre.rc1")],
    "maven": [("1.0.0", "1"), ("1-ga", "1"), ("1.0-Final", "1"), ("1-cr2", "1-rc2"), ("1a1", "1-alpha-1")],
}
WRONG = {
    "dpkg": ["", "1:", "a:1", "1.0-", "-1", "1 0", "1.0\x00"],
    "rpm": ["", "x:1", ":"],
    "apk": ["", "1.0_nonsense1", "1..0", "latest"],
    "pep440": ["", "latest", "1.0-final-x", "1" * 300],
    "semver": ["", "latest", "master", ".1"],
    "gem": ["", "..", "\u0663"],
}


@pytest.mark.parametrize("scheme", ASCENDING)
def test_versions_ascend(scheme: str) -> None:
    keys = [key(scheme, version) for version in ASCENDING[scheme]]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(("scheme", "one", "other"), [(s, *pair) for s, pairs in EQUAL.items() for pair in pairs])
def test_versions_that_are_the_same(scheme: str, one: str, other: str) -> None:
    assert key(scheme, one) == key(scheme, other)


@pytest.mark.parametrize(("scheme", "version"), [(s, version) for s, found in WRONG.items() for version in found])
def test_what_is_no_version_is_said_to_be_none(scheme: str, version: str) -> None:
    with pytest.raises(Unordered):
        key(scheme, version)


def test_dpkg_itself_agrees() -> None:
    if shutil.which("dpkg") is None:
        pytest.skip("dpkg is not there")
    made = random.Random(12)
    for _ in range(60):
        one = dpkg_version(made)
        other = neighbour(made, one, "0123.~+ab")
        try:
            ours = (key("dpkg", one) > key("dpkg", other)) - (key("dpkg", one) < key("dpkg", other))
        except Unordered:
            continue
        relation = {-1: "lt-nl", 0: "eq", 1: "gt-nl"}[ours]
        asked = ["dpkg", "--compare-versions", one, relation, other]
        assert subprocess.run(asked, check=False).returncode == 0, asked


def dpkg_version(made: random.Random) -> str:
    pieces = [".", "+", "~", "a", "rc", "~~", ".0", "dfsg", "1", "10", "02"]
    upstream = number(made) + "".join(made.choices(pieces, k=made.randrange(6)))
    revision = "-" + number(made) + "".join(made.choices([".", "+", "~", "deb12u", "1", "ubuntu"], k=made.randrange(4)))
    return ("1:" if made.random() < 0.2 else "") + upstream + (revision if made.random() < 0.6 else "")


def rpm_version(made: random.Random) -> str:
    upstream = number(made) + "".join(
        made.choices([".", "+", "~", "a", "rc", "^", "_", ".0", "1", "10"], k=made.randrange(6))
    )
    return upstream + "-" + number(made) + "".join(made.choices([".", ".el9", "_", "~", "b", "2"], k=made.randrange(4)))


def apk_version(made: random.Random) -> str:
    text = ".".join(made.choices(["0", "1", "2", "10", "11"], k=made.randrange(1, 5))) + made.choice(["", "", "a", "b"])
    suffix = made.choice(["", "", "_alpha", "_rc2", "_p1", "_beta10"])
    return text + suffix + made.choice(["-r0", "-r1", "-r10"])  # univers takes none for -r0, apk for less


def python_version(made: random.Random) -> str:
    text = ".".join(made.choices(["0", "1", "2", "10", "01"], k=made.randrange(1, 5)))
    text += made.choice(["", "", "a1", "-beta_2", "rc10", ".pre"]) + made.choice(["", "", ".post1", "-2", ".rev"])
    return text + made.choice(["", "", ".dev1", "dev"]) + made.choice(["", "", "+1", "+abc.1", "+a-b"])


def semantic_version(made: random.Random) -> str:
    text = ".".join(made.choices(["0", "1", "2", "10", "11"], k=3))
    identifiers = made.choices(["alpha", "rc", "0", "1", "10", "a-b", "x1", "ALPHA"], k=made.randrange(1, 4))
    return (
        text + (f"-{'.'.join(identifiers)}" if made.random() < 0.5 else "") + made.choice(["", "+1", "+incompatible"])
    )


def gem_version(made: random.Random) -> str:
    pieces = made.choices(["0", "1", "2", "10", "a", "rc", "rc1", "pre", "beta2"], k=made.randrange(5))
    return number(made) + "".join(made.choice(".-") + piece for piece in pieces)


def maven_version(made: random.Random) -> str:
    text = made.choice("129") + "".join(f".{each}" for each in made.choices(["0", "1", "2", "10"], k=made.randrange(4)))
    word = made.choice(["", "", "alpha", "beta", "milestone", "rc", "cr", "SNAPSHOT", "sp", "foo", "jre"])
    text += f"-{word}" if word else made.choice(["", "-final"])
    return text if text.endswith("final") else text + made.choice(["", "", "-1", "-2", "-10"])


def number(made: random.Random) -> str:
    return made.choice(["0", "1", "2", "9", "10", "00", "01", "010"])


def neighbour(made: random.Random, version: str, signs: str) -> str:
    """A version that differs in a sign or two: most random pairs are told apart by their first."""
    pieces = list(version)
    for _ in range(made.choice([0, 1, 1, 2])):
        pieces.insert(made.randrange(1, len(pieces) + 1), made.choice(signs))
    return "".join(pieces)


PEERS: dict[str, tuple[Callable[[random.Random], str], Callable[[str], object], str]] = {
    "dpkg": (dpkg_version, univers.DebianVersion, "0123.~+ab"),
    "rpm": (rpm_version, univers.RpmVersion, "0123.~^ab_"),
    "apk": (apk_version, univers.AlpineLinuxVersion, ""),
    "pep440": (python_version, PythonVersion, "0123.ab"),
    "semver": (semantic_version, univers.SemverVersion, ""),
    "gem": (gem_version, univers.RubygemsVersion, "0123.ab"),
    "maven": (maven_version, univers.MavenVersion, ""),
}
"""A maker of versions, the peer, and the signs that a neighbour gets; none where not every text made so is a version to both."""


@pytest.mark.parametrize("scheme", PEERS)
def test_random_pairs_sort_as_with_others(scheme: str) -> None:
    make, peer, signs = PEERS[scheme]
    made = random.Random(2026)
    compared = 0
    while compared < PAIRS:
        one = make(made)
        other = neighbour(made, one, signs) if signs and made.random() < 0.7 else make(made)
        try:
            theirs = (peer(one), peer(other))
            ours = (key(scheme, one), key(scheme, other))
        except (Unordered, InvalidVersion, univers.InvalidVersion):
            continue
        compared += 1
        assert sign(*ours) == sign(*theirs), (one, other)


def sign(one: object, other: object) -> int:
    return (one > other) - (one < other)  # type: ignore[operator]  # versions of any kind


@given(version=st.text(max_size=80) | st.text("0123456789.-+~^:_abrp", max_size=30))
def test_any_text_has_a_key_or_is_said_to_have_none(version: str) -> None:
    for scheme in ASCENDING:
        try:
            made = key(scheme, version)
        except Unordered:
            continue
        assert made == key(scheme, version)
