"""docs/logging-requirements.md: each command that it names is run as it stands, and shows what it is there to show."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Installation

PAGE = (Path(__file__).parents[2] / "docs" / "logging-requirements.md").read_text()


@pytest.fixture
def transcript(garrison: Installation) -> dict[str, tuple[int, str]]:
    """Exit code and output of every command of the page, typed into one shell."""
    binaries = Path(sys.executable).parent
    if not (shutil.which("aws") or (binaries / "aws").exists()):
        pytest.skip("the aws command is not here")
    (block,) = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    commands = [*block.splitlines(), *re.findall(r"\| `([^`]+)` \|$", PAGE, re.MULTILINE)]
    script = "".join(f"{command}\nprintf '\\nended %s\\n' $?\n" for command in commands)
    garrison.up()
    environment = garrison.environment | {
        "GARRISON_HOME": str(garrison.home),
        "AWS_SHARED_CREDENTIALS_FILE": str(garrison.home / "credentials"),
        "AWS_CONFIG_FILE": str(garrison.home / "config"),
        "AWS_PROFILE": "garrison",
        "AWS_PAGER": "",
        "COLUMNS": "200",
        "PATH": f"{binaries}:{garrison.environment['PATH']}",
    }
    done = subprocess.run(
        ["bash"], input=script, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    parts = re.split(r"\nended (\d+)\n", done.stdout)
    assert len(parts) == 2 * len(commands) + 1, done.stderr
    failed = [(each, code) for each, code in zip(commands, parts[1::2], strict=True) if code not in ("0", "4")]
    assert not failed, done.stderr
    return {command: (int(code), said) for command, said, code in zip(commands, parts[::2], parts[1::2], strict=False)}


def test_each_command_of_the_page_shows_what_it_is_there_for(transcript: dict[str, tuple[int, str]]) -> None:
    def said(part: str) -> str:
        return next(text for command, (_, text) in transcript.items() if part in command)

    assert len(transcript) == 22
    assert "administrator" in said("who-can s3:GetObject")
    assert "cloudtrail.amazonaws.com" in said("get-bucket-policy")
    assert '"IsLogging": true' in said("get-trail-status")
    assert "CloudTrailChanges" in said("alarms status")
    assert "CreateTrail" in said("lookup-events")
    assert "StartLogging" in said("report trail --from")
    assert "true" in said("LogFileValidationEnabled")
    assert "ChangeClasses" in said("report trail --format csv")
    assert "CreateBucket" in said("garrison query")
