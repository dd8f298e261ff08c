"""AWS's own SigV4 test suite, turned round: each signed request is read and verified as a server does."""

from __future__ import annotations

import tarfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from garrison.wire.http import HttpRequest
from garrison.wire.sigv4 import canonical_request, read_claim, string_to_sign, verify

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NOW = datetime(2015, 8, 30, 12, 36, 0, tzinfo=UTC)

OTHER_AUTHORIZATION = {
    "get-vanilla-with-session-token": "the .sreq repeats the signature of get-vanilla; the .authz has the right one",
}
"""Vectors whose Authorization header is taken from their .authz file, and why."""


def read_vectors(suites: Path) -> dict[str, dict[str, str]]:
    vectors: dict[str, dict[str, str]] = {}
    with tarfile.open(suites / "wire" / "botocore-protocols.tar.gz") as archive:
        for member in archive:
            if "aws4_testsuite" in member.name and member.isfile():
                path = Path(member.name)
                if path.suffix in (".sreq", ".creq", ".sts", ".authz"):
                    content = archive.extractfile(member)
                    assert content is not None
                    text = content.read().decode("latin-1").replace("\r\n", "\n")
                    vectors.setdefault(path.stem, {})[path.suffix] = text
    return vectors


def parse(text: str) -> HttpRequest:
    """A request as an HTTP server would hand it over, folded header lines joined."""
    head, _, body = text.partition("\n\n")
    first, *lines = head.split("\n")
    method, target = first.removesuffix(" HTTP/1.1").split(" ", 1)
    path, _, query = target.partition("?")
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith((" ", "\t")):
            name, value = headers.pop()
            headers.append((name, f"{value} {line}"))
        elif line:
            name, _, value = line.partition(":")
            headers.append((name.lower(), value))
    return HttpRequest(method, path, query, headers, body.encode("latin-1"))


def accepts(name: str, vector: dict[str, str]) -> bool:
    request = parse(vector[".sreq"])
    if name in OTHER_AUTHORIZATION:
        request.headers = [
            (key, vector[".authz"] if key == "authorization" else value) for key, value in request.headers
        ]
    claim = read_claim(request)
    assert claim is not None
    canonical = canonical_request(request, claim)
    assert canonical == vector[".creq"]
    assert string_to_sign(claim, canonical) == vector[".sts"]
    verify(request, claim, SECRET, NOW)
    return True


def test_every_vector_is_canonicalised_and_accepted(suites: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vectors = read_vectors(suites)
    passed = sum(accepts(name, vector) for name, vector in vectors.items())
    with capsys.disabled():
        print(f"\nSigV4 vectors: {passed}/{len(vectors)}")
    floors = tomllib.loads(Path(__file__).parents[1].joinpath("floors.toml").read_text())
    assert passed >= floors["sigv4_vectors"]
    assert passed == len(vectors)


def test_the_named_vectors_are_the_only_ones_that_disagree_with_their_own_header(suites: Path) -> None:
    disagreeing = {
        name for name, vector in read_vectors(suites).items() if vector[".authz"].strip() not in vector[".sreq"]
    }
    assert disagreeing == set(OTHER_AUTHORIZATION)
