"""Where rules apply: platform expressions, on hosts of several kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from garrison.scan.benchmarks import Verdict

from .judging import ALMA, DEBIAN, inventory, judge, write

KERNEL = "linux-image-6.1.0-18-amd64"


@pytest.mark.parametrize(
    ("platforms", "packages", "applies"),
    [
        ((), (), True),
        (("machine",), (), True),
        (("container",), (), False),
        (("not container",), (), True),
        (("system_with_kernel",), (), False),
        (("system_with_kernel",), (KERNEL,), True),
        (("package[pam]",), ("libpam-runtime",), True),
        (("package[pam] and system_with_kernel",), ("libpam-runtime",), False),
        (("package[chrony] or package[ntp]",), ("ntp",), True),
        (("not package[nftables] and not package[ufw] and package[iptables]",), ("iptables",), True),
        (("not package[nftables] and not package[ufw] and package[iptables]",), ("iptables", "ufw"), False),
        (("package[openssh-server]<7.0",), ("openssh-server=1:6.9p1-1",), True),
        (("package[openssh-server]<7.0",), ("openssh-server=1:9.2p1-1",), False),
        (("x86_64_arch",), (), True),
        (("not aarch64_arch and not s390x_arch",), (), True),
        (("not_s390x_arch",), (), True),
        (("aarch64_arch", "x86_64_arch"), (), True),
        (("mount[var-log]",), (), True),
        (("mount[var-tmp]",), (), False),
        (("service_disabled[ufw]",), (), True),
        (("debian_family",), (), True),
        (("rhel_family",), (), False),
    ],
)  # fmt: skip
def test_a_platform(tmp_path: Path, platforms: tuple[str, ...], packages: tuple[str, ...], applies: bool) -> None:
    write(tmp_path, {"etc/fstab": "/dev/sda3 /var/log ext4 defaults 0 2", "there": ""})
    check = judge(tmp_path, "file_existence", {"filepath": "/there", "exists": True}, *packages, platforms=platforms)
    assert check.verdict is (Verdict.PASS if applies else Verdict.NOT_APPLICABLE), check.evidence


def test_a_platform_that_nobody_knows_is_never_a_pass(tmp_path: Path) -> None:
    check = judge(tmp_path, "file_existence", {"filepath": "/x", "exists": False}, platforms=("moon",))
    assert (check.verdict, check.evidence) == (Verdict.UNKNOWN, "the rule cannot be judged: platform moon is not known")


def test_an_image_is_no_machine(tmp_path: Path) -> None:
    seen = inventory(KERNEL, image="sha256:0")
    checks = [
        judge(tmp_path, "file_existence", {"filepath": "/x", "exists": False}, platforms=(one,), seen=seen)
        for one in ("machine", "system_with_kernel", "container")
    ]
    assert [check.verdict for check in checks] == [Verdict.NOT_APPLICABLE, Verdict.NOT_APPLICABLE, Verdict.PASS]


def test_red_hats_family_is_told_by_what_it_is_like(tmp_path: Path) -> None:
    for platform, family in ((ALMA, "rhel_family"), (DEBIAN, "debian_family")):
        check = judge(
            tmp_path,
            "file_existence",
            {"filepath": "/x", "exists": False},
            platforms=(family,),
            seen=inventory(platform=platform),
        )
        assert check.verdict is Verdict.PASS
