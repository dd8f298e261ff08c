"""`garrison scan` on a root file system, an image and a bill of material: what it says, in which forms, with which exit codes."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer.testing

from garrison.cli.application import application
from garrison.cli.scan_findings import newest_kernel, remedy
from garrison.scan.vulnerabilities import Affected
from garrison.scan.vulnerabilities.building import build
from garrison.scan.vulnerabilities.sources import folder_sources

PASSWD = "root:x:0:0:root:/root:/bin/bash\n"


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """A small Debian whose release gets no fixes any more."""
    top = tmp_path / "host"
    files = {
        "etc/os-release": 'ID=debian\nVERSION_ID="9"\nPRETTY_NAME="Debian GNU/Linux 9 (stretch)"\n',
        "etc/hostname": "web-1\n",
        "etc/passwd": PASSWD,
        "etc/ssh/sshd_config": "PermitRootLogin yes\n",
        "var/lib/dpkg/status": "Package: openssh-server\nStatus: install ok installed\nVersion: 1:7.4p1-10\nArchitecture: amd64\n",
        "srv/app/node_modules/<b>/package.json": '{"name": "<b>", "version": "1.0.0"}',
    }
    for path, content in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(content)
    return top


def scan(*arguments: str) -> Any:
    """Run the command in this process: exit code and what it wrote. Not on any home."""
    return typer.testing.CliRunner().invoke(
        application(["scan", "version"]), ["scan", *arguments, "--home", "/nonexistent"]
    )


def told(*arguments: str, code: int = 0) -> dict[str, Any]:
    """What it says as JSON, which must end with this exit code."""
    done = scan(*arguments, "--json")
    assert done.exit_code == code, done.output
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def packed(host: Path, to: Path) -> Path:
    """The host as an image that `docker save` might have written."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as file:
        file.add(host, arcname=".")
    manifest = json.dumps([{"Config": "c.json", "RepoTags": ["web:1"], "Layers": ["l.tar"]}]).encode()
    with tarfile.open(to, "w") as file:
        for name, content in (("manifest.json", manifest), ("c.json", b"{}"), ("l.tar", layer.getvalue())):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    return to


def test_a_host_is_told_with_what_is_wrong_and_what_is_not_known(garrison: Any, host: Path) -> None:
    said = garrison.told("scan", str(host), code=4)
    assert said["name"] == "web-1"
    assert {each["purl"] for each in said["inventory"]["packages"]} == {
        "pkg:deb/debian/openssh-server@1:7.4p1-10?arch=amd64&distro=debian-9",
        "pkg:npm/%3Cb%3E@1.0.0",
    }
    assert said["inventory"]["settings"]["sshd"]["permitrootlogin"] == "yes"
    failed = {each["check"]: each for each in said["findings"] if each["state"] == "FAILED"}
    assert failed["os_end_of_life"]["severity"] == "HIGH" and "2022-06-30" in failed["os_end_of_life"]["evidence"]
    assert any("PermitRootLogin yes" in each["evidence"] for each in failed.values())
    assert any("garrison vulndb update" in each["reason"] for each in said["gaps"])
    assert not garrison.home.exists()


def test_people_get_tables_and_every_other_form_is_written(host: Path, tmp_path: Path) -> None:
    shown = scan(str(host))
    assert shown.exit_code == 4
    for words in ("Failed checks", "How to put it right", "Not known: packages", "web-1: 1 high"):
        assert words in shown.stdout
    made = {}
    for form in ("html", "sarif", "cyclonedx", "spdx"):
        done = scan(str(host), "--format", form, "--output", str(tmp_path / form), "--fail-on", "never")
        assert done.exit_code == 0 and "Written to" in done.stdout, done.output
        made[form] = (tmp_path / form).read_text()
    assert "&lt;b&gt;" in made["html"] or "<b>" not in made["html"].split("</style>")[1].replace("<li><b>", "")
    assert "<script" not in made["html"]
    sarif = json.loads(made["sarif"])
    assert "os_end_of_life" in {each["ruleId"] for each in sarif["runs"][0]["results"]}
    assert json.loads(made["cyclonedx"])["specVersion"] == "1.6"
    again = told(str(tmp_path / "spdx"), "--fail-on", "never")
    assert {each["name"] for each in again["inventory"]["packages"]} == {"openssh-server", "<b>"}


def test_a_package_is_brought_to_the_version_without_any_of_its_vulnerabilities() -> None:
    def affected(fixed: str) -> Affected:
        return Affected(purl="pkg:golang/stdlib@1.9.0", name="stdlib", version="1.9.0", fixed_in=fixed)

    assert remedy([affected("1.9.7"), affected("1.10.1"), affected("1.9.12")]) == "Update stdlib to 1.10.1."
    assert remedy([affected("1.9.7"), affected("")]) == "Update stdlib to 1.9.7. 1 without a fix."
    assert remedy([affected("")]) == "No fixed version is known."
    assert newest_kernel(["6.1.0-9-amd64", "6.1.0-18-amd64", "5.10.0-30-amd64"]) == "6.1.0-18-amd64"


def test_an_image_is_told_like_the_host_that_it_makes(host: Path, tmp_path: Path) -> None:
    said = told(str(packed(host, tmp_path / "image.tar")), code=4)
    assert said["name"] == "web:1" and said["inventory"]["image"].startswith("sha256:")
    assert {each["name"] for each in said["inventory"]["packages"]} == {"openssh-server", "<b>"}
    assert "os_end_of_life" in {each["check"] for each in said["findings"] if each["state"] == "FAILED"}


def test_exceptions_and_severities_decide_the_exit_code(host: Path, tmp_path: Path) -> None:
    exceptions = tmp_path / "exceptions.toml"
    lines = ["[[exception]]", 'rule = "*"', 'resource = "web-1"', 'reason = "It is turned off soon."', 'owner = "ops"']
    exceptions.write_text("\n".join([*lines, "until = 2999-01-01"]))
    assert scan(str(host), "--exceptions", str(exceptions)).exit_code == 0
    assert scan(str(host), "--exceptions", str(exceptions), "--strict").exit_code == 4
    exceptions.write_text("\n".join([*lines, "until = 2020-01-01"]))
    expired = scan(str(host), "--exceptions", str(exceptions))
    assert expired.exit_code == 4 and "expired on" in expired.stdout
    assert scan(str(host), "--fail-on", "critical").exit_code == 0


def test_a_host_without_an_agent_is_reported_by_whoever_scans_it(garrison: Any, host: Path) -> None:
    garrison.found()
    assert garrison.run("scan", str(host), "--report", "web-1", "--fail-on", "never").returncode == 0
    from garrison.hosts import open_hosts

    hosts = open_hosts(garrison.home, sync=False)
    (kept,) = hosts.changed_since(0, limit=10)
    report = hosts.last(kept.account, kept.region, "web-1")
    assert report is not None
    assert {each.name for each in report.inventory.packages} == {"openssh-server", "<b>"}
    assert report.checks


@pytest.mark.parametrize("content", [None, b"", b"\0" * 2048, b"no image", b'{"bomFormat": "other"}'])
def test_what_cannot_be_scanned_is_one_cause_and_one_remedy(
    garrison: Any, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "target").write_bytes(content)
    done = garrison.run("scan", str(tmp_path / "target"))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.startswith("garrison: ") and len(done.stderr.splitlines()) == 2


def test_a_vex_document_takes_out_what_does_not_concern_the_host_and_says_why(host: Path, tmp_path: Path) -> None:
    sources, database, vex = tmp_path / "sources", tmp_path / "v.db", tmp_path / "vex.json"
    sources.mkdir()
    package = {"ecosystem": "Debian:9", "name": "openssh-server"}
    advisory = {
        "id": "CVE-2024-0001",
        "modified": "2026-11-01T00:00:00Z",
        "affected": [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}],
    }
    (sources / "one.json").write_text(json.dumps(advisory))
    build(database, folder_sources(sources), datetime(2026, 11, 26, tzinfo=UTC))
    arguments = (str(host), "--database", str(database), "--no-checks")
    assert [one["id"] for one in told(*arguments, code=4)["vulnerabilities"]] == ["CVE-2024-0001"]
    statement = {
        "vulnerability": {"name": "CVE-2024-0001"},
        "products": [{"@id": "pkg:deb/debian/openssh-server"}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
    }
    document = {"@context": "https://openvex.dev/ns/v0.2.0", "author": "ops", "statements": [statement]}
    vex.write_text(json.dumps(document))
    said = told(*arguments, "--vex", str(vex), code=4)  # the release's own end of life still counts
    [taken_out] = said["suppressed"]
    assert not said["vulnerabilities"] and taken_out["vulnerability"]["id"] == "CVE-2024-0001"
    assert taken_out["reason"] == "not_affected: vulnerable_code_not_in_execute_path (ops)"
    assert "Taken out: CVE-2024-0001" in scan(*arguments, "--vex", str(vex)).stdout
    vex.write_text("{}")
    assert "is no VEX document" in str(scan(*arguments, "--vex", str(vex)).exception)
