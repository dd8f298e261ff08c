"""From a careless sshd to the finding: a root file system scanned, reported through the front door, assessed."""

from __future__ import annotations

from pathlib import Path

from garrison.scan import sending
from garrison.scan.benchmarks import built_in, evaluate
from garrison.scan.inventory import take
from garrison.scan.report import Report
from garrison.scan.roots import Folder
from tests.services.inspector.conftest import Assessed

INSTANCE = "i-0dddddddddddddddd"
STATUS = """\
Package: openssh-server
Status: install ok installed
Architecture: amd64
Source: openssh
Version: 1:9.2p1-2+deb12u3
Maintainer: Debian OpenSSH Maintainers <debian-ssh@lists.debian.org>
Description: secure shell (SSH) server

"""
FILES = {
    "etc/os-release": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "etc/hostname": "careless\n",
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
    "etc/ssh/sshd_config": "PermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n",
    "usr/sbin/sshd": "",
    "var/lib/dpkg/status": STATUS,
    "var/lib/cloud/data/instance-id": f"{INSTANCE}\n",
}


def scanned(folder: Path) -> bytes:
    """The report of a root file system with a careless sshd, as `garrison scan` sends it."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    with Folder(str(folder)) as root:
        inventory = take(root)
        checks = evaluate(root, inventory, built_in())
        return sending.encoded(Report(taken_at="2026-11-26T00:00:00Z", inventory=inventory, checks=checks))


def test_a_careless_sshd_is_found(assessed: Assessed, tmp_path: Path) -> None:
    sent = sending.compressed(scanned(tmp_path))
    assessed.account.client("garrison").put_host_report(Host="careless", Report=sent)
    assessed.instance(INSTANCE, role="careless")
    run = assessed.assess(assessed.template(assessed.target(role="careless")))
    inspector = assessed.account.client("inspector")
    arns = inspector.list_findings(assessmentRunArns=[run], filter={"severities": ["Medium"]})["findingArns"]
    findings = {one["id"]: one for one in inspector.describe_findings(findingArns=arns)["findings"]}
    finding = findings["Disable root login over SSH"]
    assert finding["title"].startswith(
        f"Instance {INSTANCE} is configured to allow users to log in with root credentials"
    )
    assert finding["severity"] == "Medium"
    assert finding["assetAttributes"]["agentId"] == INSTANCE
    assert finding["assetAttributes"]["hostname"] == "careless"
    assert {"key": "INSTANCE_ID", "value": INSTANCE} in finding["attributes"]
    assert "PermitRootLogin yes" in finding["description"]
    assert "PermitRootLogin no" in finding["recommendation"]
    assert finding["serviceAttributes"]["rulesPackageArn"] == assessed.package("Security Best Practices")
    assert finding["arn"].startswith(f"arn:aws:inspector:us-east-1:{assessed.account.account_id}:target/0-")
    assert "Disable password authentication over SSH" not in findings
