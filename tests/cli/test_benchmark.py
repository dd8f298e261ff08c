"""`garrison benchmark`: by our own rules or a rule file's, with waivers; what it says and exits with."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import typer.testing

from garrison.cli.application import application

RULES = {
    "product": "debian12",
    "values": {"var_tries": {"options": {"default": 6, "4": 4}}},
    "profiles": {"level1": {"title": "Level 1", "selections": ["tries", "var_tries=4"]}},
    "rules": [
        {
            "id": "tries",
            "title": "Few attempts",
            "severity": "medium",
            "rationale": 'At most <tt><sub idref="var_tries" /></tt>.',
            "template": {
                "name": "sshd_lineinfile",
                "vars": {"parameter": "MaxAuthTries", "xccdf_variable": "var_tries", "datatype": "int"},
            },
        }
    ],
}
WAIVERS = '[[waivers]]\nrule = "tries"\nuntil = 9999-12-31\nwho = "Ana"\nwhy = "A test."\n'


@pytest.fixture
def host(tmp_path: Path) -> Path:
    top = tmp_path / "host"
    files = {
        "etc/hostname": "web-1\n",
        "etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
        "etc/ssh/sshd_config": "PermitRootLogin yes\nMaxAuthTries 5\n",
    }
    for path, content in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(content)
    (tmp_path / "rules.json.gz").write_bytes(gzip.compress(json.dumps(RULES).encode()))
    (tmp_path / "waivers.toml").write_text(WAIVERS)
    return top


def benchmark(*arguments: str | Path) -> Any:
    """Run the command in this process: exit code and what it wrote."""
    commands = application(["benchmark", "version"])
    return typer.testing.CliRunner().invoke(commands, ["benchmark", *map(str, arguments), "--home", "/nonexistent"])


def test_our_own_rules_need_no_file(host: Path) -> None:
    answer = benchmark(host, "--json")
    assert answer.exit_code == 4
    said = json.loads(answer.output)
    [root_login] = [check for check in said["checks"] if check["rule"] == "sshd_disable_root_login"]
    assert (root_login["title"], root_login["severity"]) == ("Disable root login over SSH", "medium")
    assert root_login["evidence"] == "/etc/ssh/sshd_config:1: PermitRootLogin yes"
    assert root_login["packages"][0] == "Security Best Practices"
    assert (said["host"], said["profile"]) == ("web-1", "garrison")


@pytest.mark.parametrize(
    ("options", "exit_code", "verdict"),
    [
        ([], 4, "fail"),
        (["--fail-on", "high"], 0, "fail"),
        (["--set", "var_tries=default"], 0, "pass"),
        (["--waivers"], 0, "waived"),
    ],
)
def test_a_rule_files_profile_with_its_values(host: Path, options: list[str], exit_code: int, verdict: str) -> None:
    more = [*options, host.parent / "waivers.toml"] if options == ["--waivers"] else options
    answer = benchmark(host, "--rules", host.parent / "rules.json.gz", "--profile", "level1", "--all", "--json", *more)
    assert answer.exit_code == exit_code, answer.output
    [check] = json.loads(answer.output)["checks"]
    assert check["verdict"] == verdict


def test_people_read_a_table(host: Path) -> None:
    answer = benchmark(host, "--rules", host.parent / "rules.json.gz", "--profile", "level1")
    assert "Few attempts" in answer.output
    assert "fail 1" in answer.output


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        (["--profile", "level1"], "There is no profile level1 without a rule file."),
        (["--rules", "rules.json.gz"], "level1: Level 1"),
        (["--rules", "rules.json.gz", "--profile", "x"], "there is no profile x; there are level1"),
        (["--rules", "waivers.toml"], "is no rule file"),
        (["--rules", "nothing"], "cannot be read"),
        (["--rules", "rules.json.gz", "--profile", "level1", "--set", "x"], "x is no VARIABLE=OPTION."),
        (["--waivers", "rules.json.gz"], "cannot be read"),
        (["--waivers", "host/etc/passwd"], "not TOML"),
    ],
)
def test_what_cannot_be_used_is_said(host: Path, options: list[str], cause: str) -> None:
    placed = [str(host.parent / one) if (host.parent / one).exists() or one == "nothing" else one for one in options]
    answer = benchmark(host, *placed)
    assert cause in str(answer.exception.cause)
