"""A scan reported to a server elsewhere, by whom its policies let."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from garrison.testing import Account, Principal, allow


def scan(garrison_module: Account, caller: Principal, root: Path, name: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "garrison", "scan", str(root), "--report", name, "--fail-on", "never"]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    environment = kept | garrison_module.environment() | caller.environment() | {"GARRISON_HOME": str(root / "none")}
    command += ["--endpoint-url", garrison_module.endpoint]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_scan_is_reported_to_a_server_elsewhere(garrison_module: Account, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text('ID=debian\nVERSION_ID="12"\n')
    arn = f"arn:aws:garrison:*:{garrison_module.account_id}:host/web-*"
    scanner = garrison_module.user("scanner", [allow("garrison:PutHostReport", on=arn)])
    done = scan(garrison_module, scanner, tmp_path, "web-1")
    assert done.returncode == 0, done.stderr
    summary = garrison_module.client("garrison").describe_host(Host="web-1")["Summary"]
    assert (summary["PlatformId"], summary["PlatformVersion"]) == ("debian", "12")
    refused = scan(garrison_module, scanner, tmp_path, "db-1")
    assert refused.returncode == 1 and "AccessDenied" in refused.stderr
