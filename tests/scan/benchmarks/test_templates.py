"""Every template kind of the Debian 12 profiles: a host that is as asked, and hosts that are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from garrison.scan.benchmarks import Verdict
from garrison.scan.benchmarks.kinds import KINDS
from garrison.scan.inventory import Service

from .judging import inventory, judge, write

PASS, FAIL, NONE, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE, Verdict.UNKNOWN
Files = dict[str, str | bytes]

KERNEL = "linux-image-6.1.0-18-amd64"
UNIT = "lib/systemd/system/cups.service"
WANTED = "etc/systemd/system/multi-user.target.wants/cups.service"
ARGUMENTS: dict[str, dict[str, Any]] = {
    "sysctl": {"sysctlvar": "net.ipv4.ip_forward", "sysctlval": "0", "datatype": "int"},
    "sshd_lineinfile": {"parameter": "MaxAuthTries", "xccdf_variable": "tries", "datatype": "int"},
    "file_permissions": {"filepath": "/etc/shadow", "filemode": "0640"},
    "file_owner": {"filepath": "/etc/shadow", "uid_or_name": "0"},
    "file_groupowner": {"filepath": ["/etc/shadow", "/etc/gshadow"], "gid_or_name": "root|shadow"},
    "file_existence": {"filepath": "/etc/cron.allow", "exists": "true"},
    "package_installed": {"pkgname": "auditd", "evr": "1:3.0-2"},
    "package_removed": {"pkgname": "telnet"},
    "package_installed_guard_var": {"pkgname": "chrony", "variable": "sync", "value": "chronyd"},
    "service_disabled": {"servicename": "cups"},
    "service_disabled_guard_var": {"servicename": "cups", "variable": "sync", "value": "timesyncd"},
    "service_enabled": {"servicename": "cups"},
    "timer_enabled": {"timername": "logrotate"},
    "socket_disabled": {"socketname": "rpcbind"},
    "mount": {"mountpoint": "/tmp", "min_size": 1},
    "mount_option": {"mountpoint": "/home", "mountoption": "nodev"},
    "kernel_module_disabled": {"kernmodule": "usb-storage"},
    "kernel_build_config": {"config": "CONFIG_DEVKMEM", "value": "n"},
    "grub2_bootloader_argument": {"arg_name": "audit", "arg_value": "1", "operation": "equals"},
    "grub2_bootloader_argument_absent": {"arg_name": "nosmep"},
    "zipl_bls_entries_option": {"arg_name": "audit", "arg_value": "1"},
    "shell_lineinfile": {"path": "/etc/systemd/journald.conf", "parameter": "Compress", "value": "yes"},
    "lineinfile": {"path": "/etc/security/pwquality.conf", "text": "enforcing = 1"},
    "cis_banner": {"filepath": "/etc/issue", "banner_must_be_set": "true"},
    "sudo_defaults_option": {"option": "use_pty"},
    "accounts_password": {"variable": "minlen", "operation": "greater than or equal"},
    "pam_account_password_faillock": {"prm_name": "deny", "ext_variable": "deny", "variable_upper_bound": "use_ext_variable", "variable_lower_bound": 1},
    "pam_options": {"path": "/etc/pam.d/su", "type": "auth", "control_flag": "required", "module": "pam_wheel.so", "arguments": [{"variable": "group", "variable_name": "wheel", "operation": "equals"}, {"argument": "use_uid"}]},
    "rsyslog_logfiles_attributes_modify": {"attribute": "permissions", "value": "0640"},
    "sebool": {"seboolid": "polyinstantiation_enabled"},
    "audit_rules_watch": {"path": "/etc/group", "key": "identity"},
    "audit_rules_dac_modification": {"attr": "chmod"},
    "audit_rules_file_deletion_events": {"name": "unlinkat"},
    "audit_rules_kernel_module_loading": {"name": "init_module"},
    "audit_rules_unsuccessful_file_modification": {"name": "openat"},
    "audit_rules_privileged_commands": {"path": "/usr/bin/sudo"},
}  # fmt: skip
VALUES = {
    "tries": "4",
    "sync": "chronyd",
    "var_password_pam_minlen": "14",
    "deny": "3",
    "wheel": "sugroup",
    "var_polyinstantiation_enabled": "on",
}
PEOPLE = "-F auid>=1000 -F auid!=unset"
SYSCALLS = "etc/audit/rules.d/50.rules"
CALLS = {
    "audit_rules_dac_modification": "chmod",
    "audit_rules_file_deletion_events": "unlinkat",
    "audit_rules_kernel_module_loading": "init_module",
}

CASES: list[tuple[str, Files, tuple[str, ...], Verdict, str]] = [
    ("sysctl", {"etc/sysctl.d/9.conf": "net.ipv4.ip_forward=1", "etc/sysctl.conf": "net/ipv4/ip_forward = 00"}, (), PASS, "/etc/sysctl.conf:1"),
    ("sysctl", {"etc/sysctl.d/9.conf": "net.ipv4.ip_forward=0", "usr/lib/sysctl.d/9.conf": "net.ipv4.ip_forward=1"}, (), PASS, "/etc/sysctl.d/9.conf:1"),
    ("sysctl", {"etc/sysctl.d/9.conf": "net.ipv4.ip_forward = 1"}, (), FAIL, "net.ipv4.ip_forward = 1"),
    ("sysctl", {"etc/sysctl.d/9.conf": "# net.ipv4.ip_forward = 0"}, (), FAIL, "set in no file"),
    ("sshd_lineinfile", {"usr/sbin/sshd": "", "etc/ssh/sshd_config": "MaxAuthTries 4 # four"}, (), PASS, ""),
    ("sshd_lineinfile", {"usr/sbin/sshd": "", "etc/ssh/sshd_config": "maxauthtries 40"}, (), FAIL, ":1: MaxAuthTries 40"),
    ("sshd_lineinfile", {"usr/sbin/sshd": ""}, (), FAIL, "default): MaxAuthTries 6"),
    ("sshd_lineinfile", {"usr/sbin/sshd": "", "etc/ssh/sshd_config": "MaxAuthTries 3"}, (), PASS, "MaxAuthTries 3"),
    ("sshd_lineinfile", {"usr/sbin/sshd": "", "etc/ssh/sshd_config": "MaxAuthTries 0"}, (), FAIL, "MaxAuthTries 0"),
    ("file_permissions", {"etc/shadow:0600": ""}, (), PASS, ""),
    ("file_permissions", {"etc/shadow:0644": ""}, (), FAIL, "/etc/shadow: mode 0644"),
    ("file_permissions", {}, (), NONE, "nothing there"),
    ("file_owner", {"etc/shadow": ""}, (), PASS, ""),
    ("file_groupowner", {"etc/shadow": "", "etc/group": "shadow:x:42:"}, (), PASS, ""),
    ("file_existence", {"etc/cron.allow": ""}, (), PASS, ""),
    ("file_existence", {}, (), FAIL, "is not there"),
    ("package_installed", {}, ("auditd=1:3.0.9-1",), PASS, "auditd 1:3.0.9-1"),
    ("package_installed", {}, ("auditd=1:2.8-1",), FAIL, "at least"),
    ("package_installed", {}, ("bash",), FAIL, "auditd is not installed"),
    ("package_installed", {}, (), UNKNOWN, "no package database"),
    ("package_removed", {}, ("bash",), PASS, ""),
    ("package_removed", {}, ("inetutils-telnet",), FAIL, "inetutils-telnet 1 is installed"),
    ("package_installed_guard_var", {}, ("chrony",), PASS, ""),
    ("package_installed_guard_var", {}, ("ntp",), FAIL, ""),
    ("service_disabled", {}, (), PASS, "there is no cups.service"),
    ("service_disabled", {UNIT: "[Unit]"}, (), PASS, "not started at boot"),
    ("service_disabled", {UNIT: "[Unit]", WANTED + "@/lib/systemd/system/cups.service": ""}, (), FAIL, "is started at boot"),
    ("service_disabled", {UNIT: "[Unit]", WANTED + "@../x": "", "etc/systemd/system/cups.service@/dev/null": ""}, (), PASS, "masked"),
    ("service_disabled_guard_var", {UNIT: "[Unit]", WANTED + "@x": ""}, (), FAIL, ""),
    ("service_enabled", {UNIT: "[Unit]", WANTED + "@x": ""}, (), PASS, ""),
    ("service_enabled", {UNIT: "[Unit]"}, (), FAIL, "not started at boot"),
    ("service_enabled", {}, (), FAIL, "there is no cups.service"),
    ("timer_enabled", {"lib/systemd/system/logrotate.timer": "[Unit]", "etc/systemd/system/timers.target.wants/logrotate.timer@x": ""}, (), PASS, ""),
    ("timer_enabled", {}, (), FAIL, ""),
    ("socket_disabled", {}, (), PASS, ""),
    ("socket_disabled", {"lib/systemd/system/rpcbind.socket": "[Unit]", "etc/systemd/system/sockets.target.wants/rpcbind.socket@x": ""}, (), FAIL, ""),
    ("mount", {"etc/fstab": "tmpfs /tmp/ tmpfs nodev 0 0\n"}, (), PASS, "/etc/fstab:1"),
    ("mount", {"etc/fstab": "# tmpfs /tmp tmpfs nodev 0 0\n"}, (), FAIL, "not mounted by itself"),
    ("mount", {".dockerenv": ""}, (), NONE, "image"),
    ("mount_option", {"etc/fstab": "/dev/sda2 /home ext4 rw,nodev 0 2"}, (), PASS, ""),
    ("mount_option", {"etc/fstab": "/dev/sda2 /home ext4 defaults 0 2"}, (), FAIL, "/etc/fstab:1: /home defaults"),
    ("mount_option", {"etc/fstab": ""}, (), NONE, ""),
    ("kernel_module_disabled", {"etc/modprobe.d/usb.conf": "install usb_storage /bin/false"}, (), PASS, ":1: install"),
    ("kernel_module_disabled", {"etc/modprobe.d/usb.conf": "blacklist usb-storage"}, (), FAIL, "nothing in /etc/modprobe.d"),
    ("kernel_module_disabled", {"etc/modprobe.d/usb.conf": "install usb-storage /bin/true", "etc/modules": "usb-storage"}, (), FAIL, "/etc/modules:1"),
    ("kernel_build_config", {"boot/config-6.1": "# CONFIG_DEVKMEM is not set"}, (), PASS, "/boot/config-6.1:1"),
    ("kernel_build_config", {"boot/config-6.1": "CONFIG_A=y"}, (), PASS, "not set"),
    ("kernel_build_config", {"boot/config-6.1": "CONFIG_DEVKMEM=y"}, (), FAIL, "CONFIG_DEVKMEM=y"),
    ("kernel_build_config", {}, (KERNEL,), UNKNOWN, "how it was built"),
    ("kernel_build_config", {}, (), NONE, "no kernel is installed"),
    ("grub2_bootloader_argument", {"boot/grub/grub.cfg": "menuentry 'x' {\n linux /vmlinuz root=/dev/sda audit=1\n}"}, (KERNEL,), PASS, "grub.cfg:2: audit=1"),
    ("grub2_bootloader_argument", {"boot/grub/grub.cfg": " linux /vmlinuz audit=1\n linux /vmlinuz2 quiet\n"}, (KERNEL,), FAIL, "grub.cfg:2: no audit"),
    ("grub2_bootloader_argument", {"etc/default/grub": 'GRUB_CMDLINE_LINUX="quiet audit=1"'}, (KERNEL,), PASS, "/etc/default/grub:1"),
    ("grub2_bootloader_argument", {"boot/loader/entries/a.conf": "options $kernelopts", "boot/grub2/grubenv": "kernelopts=root=x audit=0"}, (KERNEL,), FAIL, "audit=0"),
    ("grub2_bootloader_argument", {}, (KERNEL,), FAIL, "no boot loader"),
    ("grub2_bootloader_argument", {}, (), NONE, ""),
    ("grub2_bootloader_argument_absent", {"boot/grub/grub.cfg": " linux /vmlinuz quiet"}, (KERNEL,), PASS, ""),
    ("grub2_bootloader_argument_absent", {"boot/grub/grub.cfg": " linux /vmlinuz nosmep"}, (KERNEL,), FAIL, "grub.cfg:1: nosmep"),
    ("zipl_bls_entries_option", {}, (KERNEL,), NONE, "IBM Z"),
    ("shell_lineinfile", {"etc/systemd/journald.conf": "[Journal]\n#Compress=yes\n", "etc/systemd/journald.conf.d/a.conf": "Compress=yes"}, (), PASS, "a.conf:1"),
    ("shell_lineinfile", {"etc/systemd/journald.conf": "Compress=no"}, (), FAIL, ":1: Compress=no"),
    ("shell_lineinfile", {}, (), FAIL, "is not set"),
    ("lineinfile", {"etc/security/pwquality.conf": "# x\n enforcing=1"}, (), PASS, ":2"),
    ("lineinfile", {"etc/security/pwquality.conf": "# enforcing = 1"}, (), FAIL, ""),
    ("cis_banner", {"etc/issue": "Authorised people only.\n"}, (), PASS, ""),
    ("cis_banner", {"etc/issue": "Debian GNU/Linux 12 \\n \\l\n"}, (), FAIL, "/etc/issue:1"),
    ("cis_banner", {"etc/issue": "kernel \\r"}, (), FAIL, ""),
    ("cis_banner", {}, (), FAIL, "says nothing"),
    ("sudo_defaults_option", {"etc/sudoers": "Defaults env_reset,use_pty\n"}, (), PASS, "/etc/sudoers:1"),
    ("sudo_defaults_option", {"etc/sudoers": "Defaults use_pty\n@includedir /etc/sudoers.d", "etc/sudoers.d/a": "Defaults !use_pty"}, (), FAIL, "/etc/sudoers.d/a:1: Defaults !use_pty"),
    ("sudo_defaults_option", {"etc/sudoers": "# Defaults use_pty\n@includedir /etc/sudoers.d", "etc/sudoers.d/a.bak": "Defaults use_pty"}, (), FAIL, "not set"),
    ("sudo_defaults_option", {}, (), NONE, "not installed"),
    ("accounts_password", {"etc/security/pwquality.conf.d/a.conf": "minlen=20", "etc/security/pwquality.conf": "minlen = 14"}, (), PASS, "minlen = 14"),
    ("accounts_password", {"etc/security/pwquality.conf": "minlen = 14", "etc/pam.d/common-password": "password requisite pam_pwquality.so minlen=8"}, (), FAIL, "common-password:1: minlen = 8"),
    ("accounts_password", {}, (), FAIL, "not set"),
    ("pam_account_password_faillock", {"etc/security/faillock.conf": "deny = 3", "etc/pam.d/system-auth": "auth required pam_faillock.so preauth"}, (), PASS, "deny = 3"),
    ("pam_account_password_faillock", {"etc/security/faillock.conf": "deny = 3", "etc/pam.d/common-auth": "auth required pam_faillock.so preauth deny=9"}, (), FAIL, "deny = 9"),
    ("pam_account_password_faillock", {"etc/security/faillock.conf": "deny = 0", "etc/pam.d/common-auth": "auth required pam_faillock.so"}, (), FAIL, "deny = 0"),
    ("pam_account_password_faillock", {"etc/security/faillock.conf": "deny = 3"}, (), FAIL, "not in the PAM stack"),
    ("pam_options", {"etc/pam.d/su": "auth required pam_wheel.so use_uid group=sugroup"}, (), PASS, "/etc/pam.d/su:1"),
    ("pam_options", {"etc/pam.d/su": "auth required pam_wheel.so use_uid group=staff"}, (), FAIL, "has group=staff, not sugroup"),
    ("pam_options", {"etc/pam.d/su": "auth sufficient pam_wheel.so use_uid group=sugroup"}, (), FAIL, "is sufficient, not required"),
    ("pam_options", {"etc/pam.d/su": "# auth required pam_wheel.so"}, (), FAIL, "no auth line"),
    ("rsyslog_logfiles_attributes_modify", {"etc/rsyslog.conf": "auth.*\t-/var/log/auth.log\n", "var/log/auth.log:0640": ""}, (), PASS, ""),
    ("rsyslog_logfiles_attributes_modify", {"etc/rsyslog.d/a.conf": 'action(type="omfile" file="/var/log/x")', "etc/rsyslog.conf": "", "var/log/x:0644": ""}, (), FAIL, "/var/log/x: mode 0644"),
    ("rsyslog_logfiles_attributes_modify", {}, (), NONE, "not installed"),
    ("sebool", {}, (), NONE, "SELinux is not installed"),
    ("sebool", {"etc/selinux/config": "", "etc/selinux/targeted/active/booleans.local": "polyinstantiation_enabled=1"}, (), PASS, ""),
    ("sebool", {"etc/selinux/config": ""}, (), UNKNOWN, ""),
    ("audit_rules_watch", {SYSCALLS: "-w /etc/group -p wa -k identity"}, (), PASS, ""),
    ("audit_rules_watch", {SYSCALLS: "-a always,exit -F arch=b64 -F path=/etc/group -F perm=wa -F key=identity"}, (), PASS, ""),
    ("audit_rules_watch", {SYSCALLS: "-w /etc/group -p r -k identity"}, (), FAIL, "/etc/group (wa)"),
    ("audit_rules_watch", {}, ("bash",), FAIL, "auditd is not installed"),
    ("audit_rules_unsuccessful_file_modification", {SYSCALLS: "\n".join(f"-a always,exit -F arch={a} -S openat -F exit=-{e} {PEOPLE}" for a in ("b32", "b64") for e in ("EACCES", "EPERM"))}, (), PASS, ""),
    ("audit_rules_unsuccessful_file_modification", {SYSCALLS: "\n".join(f"-a always,exit -F arch={a} -S openat -F exit=-EACCES {PEOPLE}" for a in ("b32", "b64"))}, (), FAIL, "EPERM (b64)"),
    ("audit_rules_privileged_commands", {"usr/bin/sudo": "", SYSCALLS: f"-a always,exit -F path=/usr/bin/sudo -F perm=x {PEOPLE} -k privileged"}, (), PASS, ""),
    ("audit_rules_privileged_commands", {"usr/bin/sudo": "", SYSCALLS: "-a always,exit -F path=/usr/bin/sudo -F perm=x -F auid=7"}, (), FAIL, ""),
    ("audit_rules_privileged_commands", {}, (), NONE, "there is no /usr/bin/sudo"),
    *[(name, {SYSCALLS: "\n".join(f"-a always,exit -F arch={a} -S fchmod,{call} {PEOPLE} -k x" for a in ("b32", "b64"))}, (), PASS, "50.rules:2") for name, call in CALLS.items()],
    *[(name, {SYSCALLS: f"-a always,exit -F arch=b64 -S {call} {PEOPLE}"}, (), FAIL, f"{call} (b32)") for name, call in CALLS.items()],
    *[(name, {SYSCALLS: f"-a always,exit -F arch=b64 -S {call} -F uid=7\n-a never,exit -F arch=b64 -S {call}"}, (), FAIL, f"{call} (b64)") for name, call in CALLS.items()],
]  # fmt: skip


def build(root: Path, files: Files) -> None:
    """`path:0640` sets a mode, `path@target` makes a link."""
    for said, content in files.items():
        path, _, target = said.partition("@")
        path, _, mode = path.partition(":")
        if target:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).symlink_to(target)
        else:
            write(root, {path: content}, {path: int(mode, 8)} if mode else None)


@pytest.mark.parametrize(("kind", "files", "packages", "verdict", "evidence"), CASES)
def test_a_template_judges(
    tmp_path: Path, kind: str, files: Files, packages: tuple[str, ...], verdict: Verdict, evidence: str
) -> None:
    build(tmp_path, files)
    check = judge(tmp_path, kind, ARGUMENTS[kind], *packages, values=VALUES)
    assert check.verdict is verdict, check.evidence
    assert evidence in check.evidence


def test_every_template_has_cases_and_says_what_it_checks() -> None:
    assert {case[0] for case in CASES} == set(ARGUMENTS)
    assert len(ARGUMENTS) == 36
    assert all(judge.__doc__ for judge in KINDS.values())


@pytest.mark.parametrize("kind", sorted(ARGUMENTS))
def test_a_rule_without_its_arguments_is_unknown(tmp_path: Path, kind: str) -> None:
    build(
        tmp_path,
        {
            "usr/sbin/sshd": "",
            "etc/sudoers": "",
            "etc/rsyslog.conf": "",
            "etc/selinux/config": "",
            "boot/config-1": "",
            "etc/pam.d/x": "",
        },
    )
    check = judge(tmp_path, kind, {}, KERNEL)
    assert check.verdict in (UNKNOWN, NONE), check.evidence
    assert check.verdict is NONE or "the rule cannot be judged: argument" in check.evidence


def test_a_running_service_fails_although_nothing_starts_it(tmp_path: Path) -> None:
    write(tmp_path, {UNIT: "[Unit]"})
    seen = inventory(services=(Service(name="cups.service", state="disabled", is_running=True),))
    assert judge(tmp_path, "service_disabled", {"servicename": "cups"}, seen=seen).evidence == "cups.service is running"


def test_systemd_mounts_shared_memory_by_itself(tmp_path: Path) -> None:
    shared = {"mountpoint": "/dev/shm", "mount_has_to_exist": "false"}
    verdicts = [
        judge(tmp_path, "mount_option", {**shared, "mountoption": one}, "systemd").verdict
        for one in ("nodev", "nosuid", "noexec")
    ]
    assert verdicts == [PASS, PASS, FAIL]
    assert judge(tmp_path, "mount_option", {**shared, "mountoption": "nodev"}, "bash").verdict is FAIL


def test_files_deeper_down_are_seen_in_one_walk(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"var/log/a/b/x.log": "", "var/log/a/y.txt": ""},
        {"var/log/a/b/x.log": 0o666, "var/log/a/y.txt": 0o666},
    )
    check = judge(
        tmp_path,
        "file_permissions",
        {"filepath": "/var/log/", "file_regex": r"^.*\.log$", "recursive": "true", "filemode": "0640"},
    )
    assert check.evidence == "/var/log/a/b/x.log: mode 0666, more than 0640"
