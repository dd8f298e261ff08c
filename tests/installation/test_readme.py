"""The README's commands, run on a bare Debian by a user who has nothing else."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from .bare_system import BareSystem, skip_unless_possible
from .documents import blocks, commands
from .machine import free_port

PACKAGES = {"git", "make", "python3-venv"}
BYTES_MAX = 600_000_000


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[BareSystem]:
    """A bare Debian with a fresh clone in a user's home, before the first of the README's commands."""
    skip_unless_possible()
    system = BareSystem(tmp_path_factory.mktemp("bare"))
    system.make(request.getfixturevalue("debian"))
    system.start()
    try:
        system.add_checkout()
        yield system
    finally:
        system.stop()


@pytest.fixture(scope="module")
def prepared(bare: BareSystem) -> BareSystem:
    """The same with the prerequisites installed by the README's own line."""
    line = commands("README.md")[0]
    done = bare.run(line.removeprefix("sudo "), user="root")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return bare


def health(endpoint: str) -> int:
    """The status that the health page of a printed endpoint answers."""
    place = urlsplit(endpoint)
    assert place.hostname
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
    try:
        connection.request("GET", "/_garrison/health")
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_readme_opens_with_one_line_of_prerequisites_and_then_two_commands() -> None:
    first, *rest = commands("README.md")
    assert first.startswith("sudo apt-get install -y ")
    assert set(first.split()[4:]) == PACKAGES
    assert rest == ["make up", "make test"]


def test_a_machine_without_python_is_told_what_to_install(bare: BareSystem) -> None:
    """The folder has no make yet either, so its one package is installed first."""
    done = bare.run("apt-get install -y --no-install-recommends make", user="root")
    assert done.returncode == 0, done.stderr
    refused = bare.run("make up")
    assert refused.returncode != 0
    assert "garrison: There is no python3 on this machine." in refused.stderr
    assert "sudo apt-get install -y python3 python3-venv" in refused.stderr


def test_make_up_ends_with_a_server_that_answers_and_make_down_stops_it(prepared: BareSystem) -> None:
    port = free_port()
    done = prepared.run("make up", GARRISON_PORT=str(port))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    for line in blocks("README.md", "")[0].split("\n"):
        label = line.split("  ")[1] if line.startswith("  ") else line
        assert label in done.stdout
    endpoint = re.search(r"endpoint +(\S+)", done.stdout)
    assert endpoint
    assert endpoint[1] == f"http://127.0.0.1:{port}"
    assert health(endpoint[1]) == 200
    account = re.search(r"account +(\d{12})", done.stdout)

    again = prepared.run("make up", GARRISON_PORT=str(port))
    assert again.returncode == 0, again.stderr
    assert account
    assert account[0] in again.stdout

    stopped = prepared.run("make down")
    assert stopped.returncode == 0, stopped.stderr
    with pytest.raises(OSError, match="refused"):
        health(endpoint[1])


def test_no_secret_is_printed_and_the_credentials_are_the_users_alone(prepared: BareSystem) -> None:
    done = prepared.run("make up", GARRISON_PORT=str(free_port()))
    assert done.returncode == 0, done.stderr
    credentials = prepared.home / ".garrison" / "credentials"
    secret = re.search(r"aws_secret_access_key = (\S+)", credentials.read_text())
    assert secret
    assert credentials.stat().st_mode & 0o777 == 0o600
    assert secret[1] not in done.stdout + done.stderr
    assert prepared.run("make down").returncode == 0


def test_the_default_installation_stays_small(prepared: BareSystem) -> None:
    done = prepared.run("make up OPTIONS='--port 0' && make down")
    assert done.returncode == 0, done.stderr
    files = (path for path in (prepared.checkout / ".venv").rglob("*") if path.is_file() and not path.is_symlink())
    assert sum(path.stat().st_size for path in files) < BYTES_MAX


def test_make_test_runs_and_without_root_names_what_it_skips(prepared: BareSystem) -> None:
    """A small part of the tests is run, since the whole runs outside already."""
    ran = prepared.run(
        "make test",
        PYTEST_ARGUMENTS="tests/wire/test_sigv4.py tests/installation/test_readme.py",
        GARRISON_SUITES="/nowhere",
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr
    assert "SKIPPED" in ran.stdout
    assert "mount namespace" in ran.stdout
