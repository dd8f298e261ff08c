"""The profile that comes with Garrison: what its rules say, and that they tell careless hosts from careful ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from garrison.scan.benchmarks import Verdict, built_in
from garrison.scan.benchmarks.kinds import KINDS

from .judging import ALMA, inventory, judged, write
from .test_templates import build

PASS, FAIL, NONE, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE, Verdict.UNKNOWN
KERNEL = "linux-image-6.1.0-18-amd64"
PACKAGES = {
    "Security Best Practices",
    "Authentication Best Practices",
    "Operating System Security Best Practices",
    "Application Security Best Practices",
    "Runtime Behavior Analysis",
    "PCI DSS 3.0 Readiness",
    "CIS Operating System Security Configuration Benchmarks",
}
PEOPLE = "root:x:0:0::/root:/bin/bash\nana:x:1000:1000::/home/ana:/bin/bash\n"


def test_every_rule_says_what_is_wrong_how_to_mend_it_and_what_it_is_evidence_for() -> None:
    rules = built_in().rules
    assert len({rule.id for rule in rules}) == len(rules) >= 9 + 60
    assert {package for rule in rules for package in rule.packages} == PACKAGES
    assert {rule.severity for rule in rules} == {"high", "medium", "low", "informational"}
    assert all(rule.kind in KINDS and rule.title and rule.description and rule.fix for rule in rules)
    without = {rule.id for rule in rules if not {"pcidss4", "cis"} & set(rule.references)}
    assert len(without) <= 10, without


def test_every_kind_of_check_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "benchmarks.md").read_text()
    assert not [name for name in KINDS if f"| `{name}` |" not in page]


def test_requirements_of_pci_dss_v4_are_told_with_their_numbers_of_version_3() -> None:
    rules = {rule.id: rule for rule in built_in().rules}
    assert rules["pci_password_minimum_length"].references["pcidss"] == ("8.2.3",)
    assert all("pcidss" in rule.references for rule in rules.values() if "PCI DSS 3.0 Readiness" in rule.packages)


CASES = [
    ("sshd_set_login_grace_time", {"usr/sbin/sshd": "", "etc/ssh/sshd_config": "LoginGraceTime 1m"}, PASS, "LoginGraceTime 1m"),
    ("sshd_set_login_grace_time", {"usr/sbin/sshd": "", "etc/ssh/sshd_config": "LoginGraceTime 1m1s"}, FAIL, "1m1s"),
    ("sshd_set_max_auth_tries", {"usr/sbin/sshd": "", "etc/ssh/sshd_config": "MaxAuthTries 3"}, PASS, ""),
    ("sshd_limit_user_access", {"usr/sbin/sshd": "", "etc/ssh/sshd_config": "AllowGroups ssh"}, PASS, ""),
    ("sshd_use_strong_ciphers", {"usr/sbin/sshd": "", "etc/ssh/sshd_config": "Ciphers aes256-gcm@openssh.com,aes128-cbc"}, FAIL, "Ciphers aes128-cbc"),
    ("sshd_use_strong_ciphers", {"usr/sbin/sshd": "", "etc/ssh/sshd_config": "Ciphers -aes128-cbc"}, PASS, ""),
    ("no_empty_passwords_etc_shadow", {"etc/shadow": "ana::19000:0:99999:7:::"}, FAIL, "/etc/shadow:1: ana needs no password"),
    ("no_empty_passwords_etc_shadow", {"etc/shadow": "ana:!:19000:0:99999:7:::", "etc/passwd": PEOPLE}, PASS, ""),
    ("accounts_no_uid_except_zero", {"etc/passwd": PEOPLE + "toor:x:0:0::/:/bin/sh"}, FAIL, "/etc/passwd:3: toor has uid 0"),
    ("account_unique_id", {"etc/passwd": PEOPLE + "eve:x:1000:1000::/:/bin/sh"}, FAIL, "uid 1000 again"),
    ("gid_passwd_group_same", {"etc/passwd": PEOPLE, "etc/group": "root:x:0:"}, FAIL, "group 1000 of ana"),
    ("no_shelllogin_for_systemaccounts", {"etc/passwd": "db:x:99:99::/:/bin/sh", "etc/shadow": "db:$6$a$b:1:0:9:7:::"}, FAIL, "db may sign in"),
    ("no_shelllogin_for_systemaccounts", {"etc/passwd": "db:x:99:99::/:/bin/sh", "etc/shadow": "db:*:1:0:9:7:::"}, PASS, ""),
    ("file_permissions_home_directories", {"etc/passwd": PEOPLE}, FAIL, "ana has no home /home/ana"),
    ("no_rsh_trust_files", {"etc/passwd": PEOPLE, "home/ana/.netrc": ""}, FAIL, "/home/ana/.netrc"),
    ("set_password_hashing_algorithm_logindefs", {"etc/shadow": "ana:$1$a$b:1:0:9:7:::"}, FAIL, "of an old kind (1)"),
    ("set_password_hashing_algorithm_logindefs", {"etc/pam.d/common-password": "password required pam_unix.so yescrypt"}, PASS, ""),
    ("no_empty_passwords", {"etc/pam.d/common-auth": "auth required pam_unix.so nullok"}, FAIL, "common-auth:1: nullok"),
    ("accounts_umask_etc_login_defs", {"etc/login.defs": "UMASK 027", "etc/profile": "umask 022"}, FAIL, "/etc/profile:1: umask 022"),
    ("accounts_umask_etc_login_defs", {"etc/login.defs": "UMASK 077"}, PASS, ""),
    ("accounts_tmout", {"etc/profile.d/t.sh": "readonly TMOUT=600; export TMOUT"}, PASS, "TMOUT=600"),
    ("sudo_remove_nopasswd", {"etc/sudoers": "Defaults env_reset\nana ALL=(ALL) NOPASSWD: ALL"}, FAIL, "/etc/sudoers:2: ana ALL=(ALL) NOPASSWD: ALL"),
    ("sudo_remove_nopasswd", {"etc/sudoers": "ana ALL=(ALL) ALL"}, PASS, ""),
    ("use_pam_wheel_for_su", {"etc/pam.d/su": "auth sufficient pam_rootok.so"}, FAIL, ""),
    ("file_permissions_unauthorized_world_writable", {"srv/x:0666": ""}, FAIL, "/srv/x: mode 0666"),
    ("dir_perms_world_writable_sticky_bits", {"etc/passwd": "", "srv/x/": ""}, PASS, ""),
    ("odd_setuid", {"home/ana/sh:4755": "", "usr/bin/su:4755": ""}, FAIL, "/home/ana/sh: mode 4755, user 0, group 0"),
    ("no_files_unowned_by_user", {"etc/passwd": PEOPLE}, PASS, ""),
    ("no_files_unowned_by_user", {}, UNKNOWN, "nobody can tell which users are known"),
    ("firewall", {"etc/ufw/ufw.conf": "ENABLED=yes"}, PASS, "ufw.conf:1"),
    ("firewall", {}, FAIL, "no firewall"),
    ("mandatory_access", {"etc/selinux/config": "SELINUX=permissive"}, FAIL, "SELINUX=permissive"),
    ("signed_packages", {"etc/apt/sources.list": "deb [trusted=yes] http://x y z"}, FAIL, "/etc/apt/sources.list:1"),
    ("signed_packages", {"etc/yum.repos.d/x.repo": "[x]\ngpgcheck = 0"}, FAIL, "x.repo:2: gpgcheck=0"),
    ("automatic_updates", {}, FAIL, "neither"),
    ("nginx_protocols", {"etc/nginx/nginx.conf": "http { include sites/*; }", "etc/nginx/sites/a": "server {\n ssl_protocols TLSv1 TLSv1.2;\n}"}, FAIL, "/etc/nginx/sites/a:2: ssl_protocols TLSv1 TLSv1.2"),
    ("nginx_protocols", {"etc/nginx/nginx.conf": "http { ssl_protocols TLSv1.2 TLSv1.3; # TLSv1\n}"}, PASS, ""),
    ("nginx_version", {"etc/nginx/nginx.conf": "http { }"}, FAIL, "its default is on"),
    ("nginx_version", {"etc/nginx/nginx.conf": "http { log_format a '$a; {b}'; server_tokens off; }"}, PASS, ":1: server_tokens off"),
    ("nginx_version", {}, NONE, "nginx is not configured"),
    ("nginx_user", {"etc/nginx/nginx.conf": "user root;"}, FAIL, "user root"),
    ("apache_protocols", {"etc/apache2/apache2.conf": "IncludeOptional mods-enabled/*.conf", "etc/apache2/mods-enabled/ssl.conf": "<IfModule mod_ssl.c>\nSSLProtocol all -SSLv3\n</IfModule>"}, FAIL, "ssl.conf:2: SSLProtocol all -SSLv3"),
    ("apache_protocols", {"etc/httpd/conf/httpd.conf": "SSLProtocol -all +TLSv1.3"}, PASS, ""),
    ("apache_listings", {"etc/apache2/apache2.conf": "<Directory /srv>\n Options -Indexes +FollowSymLinks\n</Directory>"}, PASS, ""),
    ("apache_listings", {"etc/apache2/apache2.conf": "Options Indexes FollowSymLinks"}, FAIL, ""),
    ("apache_root", {"etc/apache2/apache2.conf": "<Directory />\n Require all denied\n</Directory>"}, PASS, ":2"),
    ("apache_root", {"etc/apache2/apache2.conf": "<Directory />\n Require all granted\n</Directory>"}, FAIL, ""),
    ("apache_trace", {"etc/apache2/apache2.conf": "ServerName x"}, FAIL, "its default is on"),
    ("postgresql_trust", {"etc/postgresql/15/main/postgresql.conf": "port = 5432", "etc/postgresql/15/main/pg_hba.conf": "# x\nhost all all 10.0.0.0 255.0.0.0 trust"}, FAIL, "pg_hba.conf:2: host all all 10.0.0.0 trust"),
    ("postgresql_trust", {"etc/postgresql/15/main/postgresql.conf": "hba_file = '/srv/hba'", "srv/hba": "local all postgres peer\nhost all all ::1/128 scram-sha-256"}, PASS, ""),
    ("postgresql_methods", {"etc/postgresql/15/main/postgresql.conf": "", "etc/postgresql/15/main/pg_hba.conf": "host all all 127.0.0.1/32 md5\nhost all all 10.0.0.0/8 md5"}, FAIL, "pg_hba.conf:2"),
    ("postgresql_tls", {"etc/postgresql/15/main/postgresql.conf": "listen_addresses = '*'"}, FAIL, "listen_addresses = *"),
    ("postgresql_tls", {"etc/postgresql/15/main/postgresql.conf": "listen_addresses = '*'\nssl on"}, PASS, ""),
    ("postgresql_hashing", {"var/lib/pgsql/data/postgresql.conf": "password_encryption = md5"}, FAIL, "password_encryption = md5"),
    ("redis_password", {"etc/redis/redis.conf": "bind 0.0.0.0 -::1"}, FAIL, "/etc/redis/redis.conf:1: bind 0.0.0.0 ::1, and no requirepass"),
    ("redis_password", {"etc/redis/redis.conf": "bind 0.0.0.0\nrequirepass x"}, PASS, ""),
    ("redis_password", {"etc/redis/redis.conf": "bind 127.0.0.1 -::1"}, PASS, ""),
    ("redis_protected", {"etc/redis.conf": "protected-mode no"}, FAIL, "protected-mode no"),
    ("insecure_servers", {}, NONE, "only a running host"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "files", "verdict", "evidence"), CASES)
def test_a_rule_judges(
    tmp_path: Path, rule: str, files: dict[str, str | bytes], verdict: Verdict, evidence: str
) -> None:
    build(tmp_path, files)
    check = judged(tmp_path, inventory(KERNEL, "systemd"))[rule]
    assert check.verdict is verdict, check.evidence
    assert evidence in check.evidence


def test_red_hats_family_is_judged_too(tmp_path: Path) -> None:
    write(tmp_path, {
        "etc/pam.d/system-auth": "auth required pam_faillock.so preauth\npassword requisite pam_pwquality.so\npassword sufficient pam_unix.so sha512 use_authtok remember=24",
        "etc/security/pwquality.conf": "minlen = 14\nminclass = 4",
        "etc/selinux/config": "SELINUX=enforcing\n",
        "etc/systemd/system/multi-user.target.wants/firewalld.service": "",
        "usr/lib/systemd/system/firewalld.service": "[Unit]",
    })  # fmt: skip
    seen = inventory("kernel-core", "openssh-server=8.7p1-38.el9", "audit", platform=ALMA)
    checks = judged(tmp_path, seen)
    right = ["password_complexity", "accounts_passwords_pam_faillock_enabled", "accounts_password_pam_pwhistory_remember", "mandatory_access", "firewall", "package_audit_installed"]  # fmt: skip
    assert {name: checks[name].verdict for name in right} == dict.fromkeys(right, PASS)
    assert checks["ensure_shadow_group_empty"].verdict is NONE
    assert checks["service_auditd_enabled"].verdict is FAIL
