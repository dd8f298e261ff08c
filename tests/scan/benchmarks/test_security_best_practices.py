"""The nine rules of Inspector Classic's Security Best Practices, on careless and on careful hosts."""

from __future__ import annotations

from pathlib import Path

import pytest

from garrison.scan.benchmarks import Verdict, built_in

from .judging import inventory, judged, write

NINE = [rule for rule in built_in().rules if "Security Best Practices" in rule.packages]
CAREFUL = {
    "etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM yes\n",
    "etc/login.defs": "PASS_MAX_DAYS\t180\n",
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
    "etc/shadow": "root:*:19000:0:99999:7:::\nana:$y$j9T$salt$hash:19000:1:180:7:::\n",
    "etc/security/pwquality.conf": "minlen = 14\ndcredit = -1\nucredit=-1\nlcredit = -1\nocredit = -1\n",
    "etc/pam.d/common-password": "password requisite pam_pwquality.so retry=3\npassword required pam_pwhistory.so remember=24 use_authtok\npassword [success=1 default=ignore] pam_unix.so use_authtok\n",
    "etc/sysctl.d/50-aslr.conf": "kernel/randomize_va_space = 2\n",
    "usr/bin/ls": "",
    "usr/sbin/sshd": "",
}


@pytest.fixture
def careful(tmp_path: Path) -> Path:
    write(tmp_path, CAREFUL)
    return tmp_path


def test_the_nine_have_awss_titles_and_severities() -> None:
    assert [(rule.title, rule.severity) for rule in NINE] == [
        ("Disable root login over SSH", "medium"),
        ("Support SSH version 2 only", "medium"),
        ("Disable password authentication over SSH", "medium"),
        ("Configure password maximum age", "medium"),
        ("Configure password minimum length", "medium"),
        ("Configure password complexity", "medium"),
        ("Enable ASLR", "medium"),
        ("Enable DEP", "medium"),
        ("Configure permissions for system directories", "high"),
    ]


def test_a_careful_host_passes_what_can_be_judged_without_running(careful: Path) -> None:
    checks = judged(careful)
    verdicts = {rule.id: checks[rule.id].verdict for rule in NINE}
    assert verdicts.pop("no_execute") is Verdict.NOT_APPLICABLE
    assert set(verdicts.values()) == {Verdict.PASS}, {name: checks[name].evidence for name in verdicts}


@pytest.mark.parametrize(
    ("rule", "path", "content", "evidence"),
    [
        ("sshd_disable_root_login", "etc/ssh/sshd_config", "PermitRootLogin yes\n", "/etc/ssh/sshd_config:1: PermitRootLogin yes"),
        ("sshd_disable_root_login", "etc/ssh/sshd_config", "", "/etc/ssh/sshd_config (not set, default): PermitRootLogin prohibit-password"),
        ("sshd_disable_root_login", "etc/ssh/sshd_config.d/00-cloud.conf", "permitrootlogin=yes", "00-cloud.conf:1"),
        ("sshd_disable_root_login", "etc/ssh/sshd_config", "PermitRootLogin no\nMatch Address 10.*\n PermitRootLogin yes", ":3: PermitRootLogin yes"),
        ("sshd_allow_only_protocol2", "etc/ssh/sshd_config", "Protocol 2,1", "Protocol 2,1"),
        ("sshd_disable_password_authentication", "etc/ssh/sshd_config", "PermitRootLogin no", "PasswordAuthentication yes"),
        ("sshd_disable_password_authentication", "etc/ssh/sshd_config", "PasswordAuthentication no\nUsePAM yes", "KbdInteractiveAuthentication yes"),
        ("accounts_maximum_age_login_defs", "etc/login.defs", "PASS_MAX_DAYS 99999", "/etc/login.defs:1: PASS_MAX_DAYS 99999"),
        ("accounts_maximum_age_login_defs", "etc/shadow", "ana:$y$j9T$s$h:19000:0:99999:7:::", "ana's password may be kept for 99999 days"),
        ("accounts_password_pam_minlen", "etc/security/pwquality.conf", "minlen = 6", "/etc/security/pwquality.conf:1: minlen 6"),
        ("accounts_password_pam_minlen", "etc/pam.d/common-password", "password required pam_unix.so", "no PAM module"),
        ("password_complexity", "etc/security/pwquality.conf", "minlen = 14\ndcredit = -1", "ucredit, lcredit, ocredit"),
        ("password_complexity", "etc/pam.d/common-password", "password requisite pam_pwquality.so\npassword required pam_unix.so remember=5", "remember=5, less than 12"),
        ("sysctl_kernel_randomize_va_space", "etc/sysctl.conf", "kernel.randomize_va_space=0", "/etc/sysctl.conf:1"),
    ],
)  # fmt: skip
def test_a_careless_setting_fails_with_the_place_it_stands_at(
    careful: Path, rule: str, path: str, content: str, evidence: str
) -> None:
    write(careful, {path: content})
    check = judged(careful)[rule]
    assert check.verdict is Verdict.FAIL
    assert evidence in check.evidence
    assert check.fix
    assert check.description


def test_a_system_folder_that_others_may_write_in_fails(careful: Path) -> None:
    write(careful, {"usr/bin/odd/": ""}, {"usr/bin/odd": 0o777})
    check = judged(careful)["system_folders"]
    assert (check.verdict, check.severity) == (Verdict.FAIL, "high")
    assert check.evidence == "/usr/bin/odd: mode 0777, user 0, group 0"


def test_a_new_openssh_ignores_protocol_1(careful: Path) -> None:
    write(careful, {"etc/ssh/sshd_config": "Protocol 1"})
    assert judged(careful, inventory("openssh-server=1:9.2p1-2"))["sshd_allow_only_protocol2"].verdict is Verdict.PASS
    assert judged(careful, inventory("openssh-server=1:6.0p1-4"))["sshd_allow_only_protocol2"].verdict is Verdict.FAIL


def test_what_is_not_set_is_the_default_of_the_openssh_that_is_installed(careful: Path) -> None:
    write(careful, {"etc/ssh/sshd_config": ""})
    old = inventory("openssh-server=1:6.6p1-2", settings={"sshd": {"permitrootlogin": "yes"}})
    assert (
        judged(careful, old)["sshd_disable_root_login"].evidence
        == "/etc/ssh/sshd_config (not set, default): PermitRootLogin yes"
    )


def test_without_an_ssh_server_its_rules_do_not_apply(tmp_path: Path) -> None:
    write(tmp_path, {"etc/passwd": ""})
    assert judged(tmp_path)["sshd_disable_root_login"].verdict is Verdict.NOT_APPLICABLE


def test_what_cannot_be_read_is_unknown(careful: Path) -> None:
    (careful / "etc/ssh/sshd_config").write_bytes(b"# \n" * 2_000_000)
    check = judged(careful)["sshd_disable_root_login"]
    assert check.verdict is Verdict.UNKNOWN
    assert "larger than" in check.evidence
