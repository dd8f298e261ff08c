"""PAM's stacks, kernel parameters and mounts, as inventory and benchmarks both read them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from garrison.scan.syntax import mounts, pam, sysctl

from .in_memory import InMemory


def told(files: InMemory, service: str) -> list[str]:
    return [" ".join((line.kind, line.control, line.module, *line.arguments)) for line in pam.stack(files, service)]


def test_a_stack_is_read_as_pam_reads_it() -> None:
    files = InMemory(
        {
            "/etc/pam.d/su": "# said \\\nauth Required pam_a.so\n"
            "-auth [success=1 \\\n\n  # between\n default=ignore] /lib/security/pam_b.so [one two\\]] try=1 # c \\\n"
            "@include common\naccount include common\nauth substack /etc/other\nauth broken\nnonsense a b\n"
            "auth required \\",
            "/usr/lib/pam.d/common": "account required pam_c.so\nsession required pam_d.so\n",
            "/etc/other": "auth optional pam_e.so try=1 try=2\naccount required pam_f.so\n",
        }
    )
    assert told(files, "su") == [
        "auth required pam_a.so",
        "auth [success=1  default=ignore] pam_b.so one two] try=1",
        "account required pam_c.so",
        "session required pam_d.so",
        "account required pam_c.so",
        "auth optional pam_e.so try=1 try=2",
    ]
    assert [line.module for line in pam.file_lines(files, "/etc/pam.d/su")] == ["pam_a.so", "pam_b.so"]
    *_, last = pam.stack(files, "su")
    assert (last.place, last.argument("try"), last.argument("no")) == ("/etc/other:1", "2", None)
    assert told(files, "nosuch") == [] and files.missed == []


def test_stacks_that_include_themselves_end_and_say_so() -> None:
    deep = InMemory({"/etc/pam.d/a": "auth required pam_a.so\n@include a\n"})
    assert len(told(deep, "a")) == pam.MOST_DEPTH + 1 and len(deep.missed) == 1
    wide = InMemory({"/etc/pam.d/a": "@include a\n" * 30})
    assert told(wide, "a") == [] and any("lines of PAM" in reason for _, reason in wide.missed)


def test_parameters_come_by_files_names_and_wildcards_give_way() -> None:
    files = InMemory(
        {
            "/usr/lib/systemd/systemd": "",
            "/usr/lib/sysctl.d/50-default.conf": "net.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.all.rp_filter\nkernel.sysrq=1\n",
            "/etc/sysctl.d/10-a.conf": "net/ipv4/conf/eth0.1/rp_filter=1\n; no\n# no\n= 3\n",
            "/etc/sysctl.d/99-sysctl.conf": "-kernel.sysrq =  a   b\n",
            "/etc/sysctl.d/99-z.conf": "net.*.conf.*.rp_filter = 0\n",
            "/usr/lib/sysctl.d/60-off.conf": "kernel.off = 1\n",
            "/etc/sysctl.d/60-off.conf": None,
            "/etc/sysctl.d/.hidden.conf": "kernel.off = 1\n",
            "/etc/sysctl.conf": "kernel.off = 1\n",
        }
    )
    found = sysctl.configured(files)
    values = {key: said.value if (said := found.value(key)) else None for key in (
        "kernel.sysrq", "kernel.off", "net.ipv4.conf.eth0/1.rp_filter", "net.ipv4.conf.all.rp_filter", "net.ipv4.conf.eth1.rp_filter", "net.ipv4.x.y.rp_filter"
    )}  # fmt: skip
    assert list(values.values()) == ["a b", None, "1", None, "0", None]
    procps = InMemory({"/etc/sysctl.d/99-z.conf": "kernel.sysrq=1", "/etc/sysctl.conf": "kernel.sysrq = 9\n"})
    assert sysctl.configured(procps).values["kernel.sysrq"] == sysctl.Parameter("9", "/etc/sysctl.conf:1")


def test_of_options_that_are_opposites_the_last_holds() -> None:
    lines = [
        "# a",
        "/dev/sda /var/ ext4 nodev,nosuid,dev,size=1 0 0",
        "UUID=1 /with\\040blank xfs",
        "tmpfs / tmpfs noexec,ro,defaults,nodev",
        "short /x",
    ]
    first, second, third = mounts.rows(lines)
    assert (first.point, first.number, first.in_force) == ("/var", 2, {"nosuid", "dev", "size=1"})
    assert (second.point, second.options) == ("/with blank", ("defaults",))
    assert (third.point, third.in_force) == ("/", {"defaults", "nodev"})
    assert [*mounts.disks(["36 35 98:0 /m /mnt\\0112 rw - ext3 /dev/root rw", "36 - ext3", "x"])] == [
        ("/mnt\t2", "98:0", "ext3")
    ]


@given(st.text())
def test_no_text_stops_the_readers(text: str) -> None:
    files = InMemory({"/etc/pam.d/a": f"{text}\n@include a", "/etc/sysctl.conf": text})
    told(files, "a")
    sysctl.configured(files).value(text)
    [row.in_force for row in mounts.rows([text])]
    list(mounts.disks([text]))
