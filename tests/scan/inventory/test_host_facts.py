"""What a host is set up to do: users, services, sshd, sudo, sysctl, mounts, PAM, listeners; from files alone."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from garrison.scan.inventory import Package, settings, sshd, sudo, sysctl, take
from garrison.scan.inventory.accounts import users
from garrison.scan.inventory.listeners import listeners
from garrison.scan.inventory.services import services
from garrison.scan.roots import Folder
from garrison.scan.syntax.mounts import unescaped


def put(top: Path, files: dict[str, str]) -> None:
    for path, content in files.items():
        file = top / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        if content.startswith("-> "):
            file.symlink_to(content[3:])
        else:
            file.write_text(content)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Folder]:
    with Folder(str(tmp_path)) as opened:
        yield opened


def openssh(version: str) -> Package:
    return Package(purl="pkg:deb/debian/openssh-server", ecosystem="deb", name="openssh-server", version=version)


def test_the_first_value_of_sshd_counts_with_includes_where_they_stand(tmp_path: Path, root: Folder) -> None:
    put(
        tmp_path,
        {
            "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin yes\nport 22\nPort=2222\n"
            'ChallengeResponseAuthentication no\nBanner "/etc/issue net" # said\n'
            "Match User backup Address 10.0.0.0/8\n  PermitRootLogin no\n  PermitRootLogin yes\nMatch all\nUseDNS yes\n",
            "/etc/ssh/sshd_config.d/10-first.conf": "PermitRootLogin prohibit-password\nX11Forwarding yes\n",
            "/etc/ssh/sshd_config.d/20-second.conf": "X11Forwarding no\nInclude /etc/ssh/sshd_config\n",
        },
    )
    found = sshd.settings(root, [openssh("1:9.2p1-2+deb12u2")])
    assert found["permitrootlogin"] == "prohibit-password"
    assert found["x11forwarding"] == "yes"
    assert set(found["port"].split()) == {"22", "2222"}
    assert found["kbdinteractiveauthentication"] == "no"
    assert found["banner"] == "/etc/issue net"
    assert found["match User backup Address 10.0.0.0/8: permitrootlogin"] == "no"
    assert found["usedns"] == "yes"
    assert found["maxauthtries"] == "6"
    assert any("files deep" in note.reason for note in root.unread)


@pytest.mark.parametrize(
    ("version", "root_login", "protocol", "penalties"),
    [
        ("1:6.6p1-1", "yes", "2", None),
        ("7.4p1-21.el7", "prohibit-password", "2", None),
        ("1:9.9p1-3", "prohibit-password", "2", "yes"),
    ],
)
def test_defaults_are_those_of_the_installed_version(
    tmp_path: Path, root: Folder, version: str, root_login: str, protocol: str, penalties: str | None
) -> None:
    put(tmp_path, {"/etc/ssh/sshd_config": ""})
    found = sshd.settings(root, [openssh(version)])
    assert (found["permitrootlogin"], found["protocol"]) == (root_login, protocol)
    assert found.get("persourcepenalties") == penalties


def test_users_are_told_without_their_hashes(tmp_path: Path, root: Folder) -> None:
    put(
        tmp_path,
        {
            "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\nann:x:1000:1000::/home/ann:/bin/sh\nsvc:x:100:100::/:/bin/false\n"
            "open:x:1001:1001::/home/open:/bin/sh\nold:$1$x$y:1002:1::/h:/bin/sh\nnew:x:1003:1::/h:/bin/sh\nbad:x:nan:0:::\n+nis::::::\n",
            "/etc/shadow": "root:$y$j9T$secret$hash:19000:0:99999:7:::\nann:!$6$x:1::::::\nsvc:*:1::::::\nopen::1::::::\n",
            "/etc/group": "root:x:0:\nsudo:x:27:ann,open\nann:x:1000:\nadm:x:4:ann\n",
            "/home/ann/.ssh/authorized_keys": "# mine\nssh-ed25519 AAAA a\n\nssh-rsa BBBB b\nssh-rsa BBBB b\n",
            "/etc/keys/ann": "ssh-ed25519 CCCC c\n",
        },
    )
    found = {each.name: each for each in users(root, {})}
    states = {name: each.password for name, each in found.items()}
    assert states == {"root": "set", "ann": "locked", "svc": "locked", "open": "empty", "old": "set", "new": "unknown"}
    assert found["ann"].groups == ("ann", "adm", "sudo") and found["ann"].keys == 2
    assert "secret" not in repr(found)
    elsewhere = users(root, {"authorizedkeysfile": "/etc/keys/%u %h/.ssh/authorized_keys"})
    assert {each.name: each.keys for each in elsewhere}["ann"] == 3


def test_sudoers_are_read_with_all_that_they_include(tmp_path: Path, root: Folder) -> None:
    put(
        tmp_path,
        {
            "/etc/sudoers": 'Defaults env_reset, !lecture\nDefaults secure_path="/usr/sbin:/usr/bin"\nDefaults:ann !authenticate\n'
            "User_Alias ADMINS = ann, \\\n  bob\nroot ALL=(ALL:ALL) ALL\n%sudo\tALL=(ALL:ALL) ALL # all\n@includedir /etc/sudoers.d\n#include extra\n",
            "/etc/sudoers.d/10-ops": "ADMINS ALL=(root) NOPASSWD: /usr/bin/systemctl\n",
            "/etc/sudoers.d/old~": "eve ALL=ALL\n",
            "/etc/sudoers.d/x.rpmsave": "eve ALL=ALL\n",
            "/etc/extra": "#1001 ALL=ALL\nroot ALL=(bob) /bin/ls\n@include /etc/sudoers\n",
        },
    )
    found = sudo.settings(root)
    assert found["defaults env_reset"] == "on" and found["defaults lecture"] == "off"
    assert found["defaults secure_path"] == "/usr/sbin:/usr/bin"
    assert found["defaults:ann authenticate"] == "off"
    assert found["alias ADMINS"].replace(" ", "") == "ann,bob"
    assert found["user %sudo"].startswith("ALL=(ALL:ALL) ALL")
    assert found["user ADMINS"].startswith("ALL=(root) NOPASSWD: /usr/bin/systemctl")
    assert "user eve" not in found
    assert "(bob) /bin/ls" in found["user root"]
    assert root.unread


def test_sysctl_files_come_by_name_and_the_first_folder_hides_the_others(tmp_path: Path, root: Folder) -> None:
    put(
        tmp_path,
        {
            "/usr/lib/systemd/systemd": "x",
            "/usr/lib/sysctl.d/50-a.conf": "kernel.sysrq = 1\nnet.ipv4.ip_forward=1\n",
            "/etc/sysctl.d/10-b.conf": "kernel.sysrq = 176\n; no\n",
            "/etc/sysctl.d/60-c.conf": "-net/ipv4/conf/eth0.1/rp_filter = 1\nkernel/x = a   b\n",
            "/usr/lib/sysctl.d/60-c.conf": "kernel.hidden = 1\n",
            "/usr/lib/sysctl.d/70-off.conf": "kernel.off = 1\n",
            "/etc/sysctl.d/70-off.conf": "-> /dev/null",
            "/etc/sysctl.conf": "kernel.sysrq = 9\n",
        },
    )
    assert sysctl.configured(root) == {
        "kernel.sysrq": "1",
        "net.ipv4.ip_forward": "1",
        "net.ipv4.conf.eth0/1.rp_filter": "1",
        "kernel.x": "a b",
    }


def test_services_are_told_as_systemd_would_tell_them(tmp_path: Path, root: Folder) -> None:
    installs = "[Service]\nExecStart=/x\n[Install]\nWantedBy=multi-user.target\n"
    put(
        tmp_path,
        {
            "/lib/systemd/system/ssh.service": installs,
            "/lib/systemd/system/cron.service": installs,
            "/lib/systemd/system/quiet.service": "[Service]\n",
            "/lib/systemd/system/getty@.service": installs,
            "/lib/systemd/system/dropped.service": installs,
            "/etc/systemd/system/dropped.service": "-> /dev/null",
            "/etc/systemd/system/sshd.service": "-> /lib/systemd/system/ssh.service",
            "/etc/systemd/system/getty.target.wants/getty@tty1.service": "-> /lib/systemd/system/getty@.service",
            "/etc/init.d/old": "#!/bin/sh\n",
            "/etc/rc2.d/S01old": "-> ../init.d/old",
        },
    )
    assert {each.name: each.state for each in services(root)} == {
        "cron.service": "disabled",
        "dropped.service": "masked",
        "getty@.service": "disabled",
        "getty@tty1.service": "enabled",
        "old.service": "enabled",
        "quiet.service": "static",
        "ssh.service": "enabled",
    }
    assert {each.is_running for each in services(root)} == {None}


def test_mounts_stacks_and_defaults_for_logins(tmp_path: Path, root: Folder) -> None:
    put(
        tmp_path,
        {
            "/etc/fstab": "# one\nUUID=1 / ext4 errors=remount-ro 0 1\n/dev/sdb /mnt/with\\040blank xfs\nbroken\n",
            "/etc/login.defs": "# x\nPASS_MAX_DAYS\t99999\nUMASK 022\nALONE\n",
            "/etc/pam.d/sshd": "@include common-auth\naccount required pam_nologin.so\n-session optional /lib/security/pam_x.so a=1 # c\n",
            "/etc/pam.d/common-auth": "auth [success=1 default=ignore] pam_unix.so nullok\nauth include other\n",
            "/etc/pam.d/other": "auth required pam_deny.so\nsession required pam_no.so\nauth include other\n",
        },
    )
    found = settings.settings(root, [])
    assert found["fstab"] == {"/": "ext4 UUID=1 errors=remount-ro", "/mnt/with blank": "xfs /dev/sdb defaults"}
    assert found["login.defs"] == {"PASS_MAX_DAYS": "99999", "UMASK": "022"}
    lines = found["pam"]["sshd"].split("\n")
    assert lines[:2] == ["auth [success=1 default=ignore] pam_unix.so nullok", "auth required pam_deny.so"]
    assert lines[-2:] == ["account required pam_nologin.so", "session optional pam_x.so a=1"]
    assert "session required pam_no.so" not in lines


def test_listeners_are_told_with_program_owner_and_package() -> None:
    family, address = (socket.AF_INET6, "::1") if Path("/proc/net/if_inet6").exists() else (socket.AF_INET, "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(family, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind((address, 0))
        with Folder("/") as root:
            found = {(each.protocol, each.address, each.port): each for each in listeners(root, (), ())}
        tcp = found["tcp", "127.0.0.1", server.getsockname()[1]]
        assert ("udp", address, datagrams.getsockname()[1]) in found
    assert tcp.pid and Path(tcp.process).name.startswith("python")


def test_the_running_systems_settings_are_told() -> None:
    with Folder("/") as root:
        found = take(root, with_languages=False)
    assert found.platform.kernel == Path("/proc/sys/kernel/osrelease").read_text().strip()
    assert found.settings["sysctl"]["kernel.randomize_va_space"] in ("0", "1", "2")
    assert "/" in found.settings["mounts"]
    assert {each.name for each in found.users} >= {"root"}


@settings_of_hypothesis(max_examples=25)
@given(st.text(), st.text())
def test_no_text_stops_the_readers(tmp_path_factory: pytest.TempPathFactory, one: str, other: str) -> None:
    top = tmp_path_factory.getbasetemp() / "texts"
    said = one.encode("utf-8", "replace").decode() + "\nInclude /etc/ssh/sshd_config.d/*\n@include other\n" + other
    names = (
        "passwd",
        "shadow",
        "group",
        "sudoers",
        "sysctl.conf",
        "fstab",
        "login.defs",
        "pam.d/x",
        "os-release",
        "ssh/sshd_config",
    )
    put(top, {f"/etc/{name}": said.encode("utf-8", "replace").decode() for name in names})
    with Folder(str(top)) as root:
        take(root)
    unescaped(one)
