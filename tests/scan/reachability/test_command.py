"""`garrison reach` on collected items."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from garrison import codec

from .conftest import OPEN_ACL, allow, group, interface, table, vpc


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, "-m", "garrison", "reach", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_tells_what_is_reachable_and_how(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    items = vpc(group("sg-1", allow(first=22, cidr="0.0.0.0/0")), OPEN_ACL, table(("0.0.0.0/0", "igw-1")), interface())
    path.write_bytes(b"".join(codec.encode(item) + b"\n" for item in items))
    told = run("i-1", "--items", str(path))
    assert told.returncode == 0, told.stderr
    assert "tcp 22 from Internet" in told.stdout
    assert "SecurityGroup sg-1: allow tcp 22 from 0.0.0.0/0" in told.stdout
    answer = json.loads(run("--items", str(path), "--json").stdout)
    assert [(one["instance"], one["first_port"]) for one in answer["exposures"]] == [("i-1", 22)]
    assert answer["findings"][0]["kind"] == "RecognizedPortNoAgent"
    path.write_text("none\n")
    assert "holds something else" in run("--items", str(path)).stderr
