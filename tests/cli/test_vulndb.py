"""`garrison vulndb`: built of files and of what a listed place gives, carried across signed, its state told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from garrison.scan.vulnerabilities.database import Database

OSV = {
    "id": "GHSA-1",
    "modified": "2026-11-01T00:00:00Z",
    "affected": [
        {
            "package": {"ecosystem": "npm", "name": "thing"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
        }
    ],
}


class Place(ThreadingHTTPServer):
    """A server of one file, which breaks off once where it is told to, and counts what it gave."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.content = json.dumps(OSV).encode()
        self.etag = '"one"'
        self.breaks_off_at = 0
        self.given: list[tuple[int, int]] = []
        """Status and bytes of each answer."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answers(BaseHTTPRequestHandler):
    server: Place

    def do_GET(self) -> None:
        place, start = self.server, 0
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/")
            self.end_headers()
            return
        if self.headers.get("If-None-Match") == place.etag:
            place.given.append((304, 0))
            self.send_response(304)
            self.end_headers()
            return
        if self.headers.get("If-Range") == place.etag:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        body = place.content[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(place.content) - 1}/{len(place.content)}")
        self.send_header("ETag", place.etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        given = body[: place.breaks_off_at] if place.breaks_off_at else body
        place.breaks_off_at = 0
        place.given.append((206 if start else 200, len(given)))
        self.wfile.write(given)

    def log_message(self, *_: object) -> None:
        """Nothing on the console."""


@pytest.fixture
def place() -> Iterator[Place]:
    with Place() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def test_a_database_is_built_of_a_folder_shown_and_carried_across_signed(garrison: Any, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "osv.json").write_text(json.dumps(OSV))
    built = garrison.told("vulndb", "update", "--from", str(tmp_path / "files"))
    assert (built["changed_packages"], built["sources"][0]["advisories"], built["failed"]) == (1, 1, [])
    state = garrison.told("vulndb", "status")
    assert [(each["name"], each["advisories"]) for each in state["ecosystems"]] == [("npm", 1)]
    assert state["age_days"] == 0

    snapshot, key, there = tmp_path / "snapshot", tmp_path / "key.pem", tmp_path / "there.db"
    garrison.told("vulndb", "export", str(snapshot), "--key", str(key), "--make-key")
    assert key.stat().st_mode & 0o077 == 0
    garrison.told("vulndb", "import", str(snapshot), "--trust", f"{key}.pub", "--database", str(there))
    assert Database(there).mark == state["mark"]


def test_what_is_fetched_goes_on_where_it_broke_off_and_is_not_fetched_twice(garrison: Any, place: Place) -> None:
    place.breaks_off_at = 50
    update = ["vulndb", "update", "--source", f"{place.url}/osv.json"]
    assert garrison.told(*update)["sources"][0]["advisories"] == 1
    assert place.given == [(200, 50), (206, len(place.content) - 50)]
    assert garrison.told(*update)["sources"][0]["is_unchanged"]
    assert place.given[2:] == [(304, 0)]


def test_a_source_that_fails_is_told_and_the_others_are_taken(garrison: Any, place: Place) -> None:
    failing = ["--source", f"{place.url}/away", "--source", "http://127.0.0.1:1/nobody"]
    built = garrison.told("vulndb", "update", *failing, "--source", f"{place.url}/osv.json", code=4)
    assert [each["advisories"] for each in built["sources"]] == [1]
    assert ["leads on to http://169.254.169.254/" in built["failed"][0]["reason"], len(built["failed"])] == [True, 2]


def test_without_sources_it_says_what_to_do(garrison: Any) -> None:
    assert "nothing to build" in garrison.told("vulndb", "update", code=1)["error"]
    assert garrison.told("vulndb", "status", code=4)["is_there"] is False
