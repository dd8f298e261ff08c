"""The system service and the container file: as tight as they claim to be."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .documents import PROJECT

UNIT = PROJECT / "deploy" / "garrison.service"
CONTAINER = PROJECT / "deploy" / "Containerfile"
EXPOSURE_MAX = 15
"""In tenths: `systemd-analyze security` rates from 0.0, safest, to 10.0."""

HARDENING = {
    "User": "garrison",
    "StateDirectory": "garrison",
    "StateDirectoryMode": "0700",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "MemoryDenyWriteExecute": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "CapabilityBoundingSet": "",
    "Restart": "always",
    "LimitCORE": "0",
}


def settings() -> dict[str, list[str]]:
    """The unit's settings, each with its values in order."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text().splitlines():
        if match := re.fullmatch(r"(\w+)=(.*)", line):
            found.setdefault(match[1], []).append(match[2])
    return found


def instructions() -> list[tuple[str, str]]:
    """The container file's instructions, each with what follows it."""
    text = CONTAINER.read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


@pytest.fixture
def installed_unit(tmp_path: Path) -> Path:
    """The unit with a program that exists on every machine, since systemd looks for it."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / UNIT.name
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text(), flags=re.MULTILINE))
    return unit


@pytest.mark.parametrize(("name", "value"), HARDENING.items())
def test_the_unit_is_hardened(name: str, value: str) -> None:
    assert settings()[name] == [value]


def test_the_unit_starts_what_the_page_about_it_installs() -> None:
    page = (PROJECT / "docs" / "service.md").read_text()
    program = settings()["ExecStart"][0].split()[0]
    assert program == "/opt/garrison/.venv/bin/garrison"
    assert "/opt/garrison" in page
    assert "deploy/garrison.service" in page


def test_systemd_finds_no_fault_in_the_unit(installed_unit: Path) -> None:
    command = ["systemd-analyze", "verify", "--man=no", str(installed_unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert installed_unit.name not in done.stderr


def test_systemd_rates_the_unit_as_safe(installed_unit: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager"]
    done = subprocess.run([*command, str(installed_unit)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


def test_the_container_runs_as_a_user_of_its_own_in_a_stage_without_build_tools() -> None:
    names = [name for name, _ in instructions()]
    last_stage = instructions()[len(names) - 1 - names[::-1].index("FROM") :]
    assert names.count("FROM") == 2
    user = next(value for name, value in last_stage if name == "USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert not any("pip install" in value for name, value in last_stage if name == "RUN")


def test_the_container_installs_by_hash_and_checks_its_health() -> None:
    installs = [value for name, value in instructions() if name == "RUN" and "pip install" in value]
    assert "--require-hashes" in installs[0]
    assert "--no-deps" in installs[1]
    assert "--no-build-isolation" in installs[1]
    health = next(value for name, value in instructions() if name == "HEALTHCHECK")
    assert "/_garrison/health" in health


def test_what_the_container_copies_exists_and_holds_no_secrets() -> None:
    for name, value in instructions():
        if name == "COPY" and not value.startswith("--from"):
            *sources, _ = value.split()
            assert all((PROJECT / source).exists() for source in sources)
    ignored = (PROJECT / ".dockerignore").read_text().split()
    assert {".git", ".venv", "dist"} <= set(ignored)


def test_beyond_loopback_the_container_serves_tls() -> None:
    command = next(value for name, value in instructions() if name == "CMD")
    assert '"--bind", "0.0.0.0"' in command
    assert '"--tls"' in command
