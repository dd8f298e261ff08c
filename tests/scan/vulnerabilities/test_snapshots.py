"""A snapshot is used only when it is what somebody trusted has signed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from garrison.errors import OperatorError
from garrison.scan.vulnerabilities.building import build
from garrison.scan.vulnerabilities.database import Database
from garrison.scan.vulnerabilities.snapshots import bring_in, export, new_key
from garrison.scan.vulnerabilities.sources import folder_sources
from tests.scan.vulnerabilities.conftest import NOW, Made, osv


class Carried(NamedTuple):
    """A snapshot with who signed it, and where it is brought."""

    snapshot: Path
    public: Path
    to: Path
    mark: str


@pytest.fixture
def carried(made: Made, tmp_path: Path) -> Carried:
    made.write("osv.json", osv("GHSA-1", "npm", "thing", {"introduced": "0"}))
    made.build()
    key, snapshot = tmp_path / "key.pem", tmp_path / "snapshot"
    public = new_key(key)
    export(made.path, snapshot, key.read_text())
    return Carried(snapshot, public, tmp_path / "there" / "vulnerabilities.db", made.database.mark)


def test_what_was_exported_is_brought_in_whole(carried: Carried) -> None:
    bring_in(carried.snapshot, carried.to, carried.public)
    assert Database(carried.to).mark == carried.mark


@pytest.mark.parametrize("spoil", ["content", "header", "signature", "cut", "longer", "empty", "other key"])
def test_what_is_not_what_was_signed_is_refused(carried: Carried, tmp_path: Path, spoil: str) -> None:
    bring_in(carried.snapshot, carried.to, carried.public)
    header, signature, content = carried.snapshot.read_bytes().split(b"\n", 2)
    changed = bytearray(content)
    changed[len(changed) // 2] ^= 1
    public = new_key(tmp_path / "other.pem") if spoil == "other key" else carried.public
    parts = {
        "content": (header, signature, bytes(changed)),
        "header": (header.replace(b'"size_bytes":', b'"size_bytes":1'), signature, content),
        "signature": (header, signature[::-1], content),
        "cut": (header, signature, content[:-100]),
        "longer": (header, signature, content[:-100] + content),
        "empty": (b"", b"", b""),
    }
    carried.snapshot.write_bytes(b"\n".join(parts.get(spoil, (header, signature, content))))
    with pytest.raises(OperatorError, match="signed"):
        bring_in(carried.snapshot, carried.to, public)
    assert Database(carried.to).mark == carried.mark
    assert {each.name for each in carried.to.parent.iterdir()} == {"vulnerabilities.db", "vulnerabilities.db.lock"}


def test_an_older_one_does_not_take_a_newer_ones_place(made: Made, carried: Carried) -> None:
    snapshot = carried.snapshot.read_bytes()
    assert b'"built_at":"2026-11-26' in snapshot
    made.write("osv.json", osv("GHSA-2", "npm", "thing", {"introduced": "0"}))
    build(made.path, folder_sources(made.sources), NOW + timedelta(days=1))
    with pytest.raises(OperatorError, match="older"):
        bring_in(carried.snapshot, made.path, carried.public)
    bring_in(carried.snapshot, made.path, carried.public, may_be_older=True)
    assert made.database.mark == carried.mark


def test_nothing_is_overwritten(made: Made, carried: Carried, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="already"):
        export(made.path, carried.snapshot, (tmp_path / "key.pem").read_text())
    with pytest.raises(FileExistsError):
        new_key(tmp_path / "key.pem")
    with pytest.raises(OperatorError, match="no Ed25519 key"):
        export(made.path, tmp_path / "another", "nonsense")
