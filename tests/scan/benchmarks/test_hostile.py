"""Hostile roots and hostile rule files: every rule still gets its verdict, and nothing is read outside the root."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from garrison.scan.benchmarks import InvalidRules, Profile, Rule, Verdict, built_in, evaluate, read_rules
from garrison.scan.benchmarks.kinds import KINDS
from garrison.scan.roots import Folder

from .judging import inventory, judge, judged, write
from .test_templates import ARGUMENTS, VALUES

FILES = [
    "etc/passwd", "etc/shadow", "etc/group", "etc/login.defs", "etc/fstab", "etc/sudoers", "etc/ssh/sshd_config", "etc/sysctl.conf",
    "etc/security/pwquality.conf", "etc/security/faillock.conf", "etc/pam.d/common-password", "etc/pam.d/common-auth", "etc/pam.d/su",
    "etc/audit/rules.d/a.rules", "etc/rsyslog.conf", "etc/modprobe.d/a.conf", "etc/default/grub", "boot/grub/grub.cfg", "boot/config-6",
    "etc/systemd/journald.conf", "etc/issue", "etc/selinux/config",
    "etc/nginx/nginx.conf", "etc/apache2/apache2.conf", "etc/redis/redis.conf",
    "etc/postgresql/15/main/postgresql.conf", "etc/postgresql/15/main/pg_hba.conf",
]  # fmt: skip
EVERY_KIND = Profile(
    id="every",
    title="",
    rules=tuple(
        Rule(id=kind, title=kind, severity="low", kind=kind, arguments=ARGUMENTS.get(kind, {}))
        for kind in sorted(KINDS)
    ),
    values=VALUES,
)
KERNEL = inventory(
    "linux-image-6", "sudo", "openssh-server", "auditd", "nginx", "apache2", "redis-server", "postgresql-15"
)


def everything(root: Path) -> list[Verdict]:
    with Folder(str(root)) as folder:
        checks = evaluate(folder, KERNEL, EVERY_KIND) + evaluate(folder, KERNEL, built_in())
    json.dumps([check.evidence for check in checks]).encode()
    assert all(check.evidence.isprintable() for check in checks)
    return [check.verdict for check in checks]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile")
    write(root, dict.fromkeys(FILES, ""))
    return root


@settings(max_examples=20)
@given(
    content=st.one_of(
        st.binary(max_size=200), st.text(alphabet="aD=0 \\\n\t\"'#[]{}();:/-,@!*%", max_size=200).map(str.encode)
    )
)
def test_no_content_of_configuration_files_stops_a_scan(hostile: Path, content: bytes) -> None:
    for path in FILES:
        (hostile / path).write_bytes(content)
    assert everything(hostile)


def test_links_that_loop_or_lead_out_are_nothing(tmp_path: Path) -> None:
    root = tmp_path / "root"
    outside = tmp_path / "outside"
    outside.write_text("PermitRootLogin no")
    for path in FILES:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).symlink_to(outside if "ssh" in path else "loop")
    (root / "etc/loop").symlink_to("loop")
    (root / "etc/ssh/sshd_config.d").symlink_to("..")
    everything(root)
    assert (
        judge(root, "sshd_lineinfile", ARGUMENTS["sshd_lineinfile"], "openssh-server", values=VALUES).verdict
        is Verdict.FAIL
    )


def test_includes_that_include_themselves_end(tmp_path: Path) -> None:
    write(tmp_path, {
        "etc/ssh/sshd_config": "Include /etc/ssh/*\nInclude sshd_config\n",
        "etc/sudoers": "@include /etc/sudoers\n@includedir /etc/sudoers.d\n@include sudoers",
        "etc/sudoers.d/a": "@includedir /etc/sudoers.d\n" * 50,
        "etc/pam.d/common-auth": "@include common-auth\nauth include common-auth\n" * 50,
        "etc/nginx/nginx.conf": "http { include /etc/nginx/*; include nginx.conf; }" * 50,
        "etc/apache2/apache2.conf": "Include /etc/apache2/*\nIncludeOptional apache2.conf\n" * 50,
    })  # fmt: skip
    assert everything(tmp_path)


def test_huge_files_and_pipes_are_unknown_or_nothing(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(FILES, ""))
    with (tmp_path / "etc/ssh/sshd_config").open("wb") as file:
        file.truncate(10 * 1024**3)
    (tmp_path / "etc/sudoers").unlink()
    os.mkfifo(tmp_path / "etc/sudoers")
    everything(tmp_path)
    assert judged(tmp_path)["sshd_disable_root_login"].verdict is Verdict.UNKNOWN


def test_names_with_newlines_and_broken_bytes_are_shown_on_one_line(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/usr/bin/odd\n\xff\x1b[31m"
    os.makedirs(folder)
    os.chmod(folder, 0o777)
    evidence = judged(tmp_path)["system_folders"].evidence
    assert "/usr/bin/odd\\n\\udcff\\x1b[31m: mode 0777" in evidence


@pytest.mark.parametrize("value", [None, [], {}, "x", -1, ["(a+)+", 3], {"a": {}}, "../../..", "\0", "(" * 300])
def test_no_argument_of_a_rule_stops_a_scan(hostile: Path, value: Any) -> None:
    names = ["file_regex", "operation", "least", "most"]
    rules = tuple(
        Rule(
            id="r",
            title="",
            severity="low",
            kind=kind,
            arguments=dict.fromkeys([*ARGUMENTS.get(kind, {}), *names], value),
        )
        for kind in sorted(KINDS)
    )
    with Folder(str(hostile)) as folder:
        checks = evaluate(folder, KERNEL, Profile(id="x", title="", rules=rules, values={"x": "x"}))
    assert len(checks) == len(rules)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x1f\x8b",
        b"[" * 100_000,
        b"[]",
        b'{"rules": 1, "profiles": {}}',
        b'{"rules": [1], "profiles": {}}',
        b'{"rules": [{"id": 1}], "profiles": {}}',
        gzip.compress(b" " * (65 * 1024 * 1024), mtime=0),
        gzip.compress(b'{"rules": [], "profiles": {}}', mtime=0)[:-9],
    ],
    ids=lambda data: str(data[:20]),
)
def test_a_rule_file_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidRules):
        read_rules(data)


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
MEMBERS = ["title", "severity", "description", "rationale", "fixtext", "references", "platforms", "template"]


@settings(max_examples=40)
@given(
    rule=st.fixed_dictionaries({}, optional=dict.fromkeys(MEMBERS, ANYTHING)),
    profile=ANYTHING,
    values=st.dictionaries(st.text(max_size=3), ANYTHING, max_size=3),
)
def test_no_member_of_a_rule_file_stops_a_scan(hostile: Path, rule: dict[str, Any], profile: Any, values: Any) -> None:
    library = read_rules(
        json.dumps({"rules": [{"id": "r", **rule}], "profiles": {"p": profile}, "values": values}).encode()
    )
    with Folder(str(hostile)) as folder:
        [check] = evaluate(folder, KERNEL, library.profile("all"))
    assert check.verdict in Verdict
