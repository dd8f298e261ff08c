"""sshd_config as OpenSSH reads it: a table, and whatever Hypothesis writes, beside `sshd -T` itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from garrison.scan.syntax.sshd import CONFIGURATION, MOST_DEPTH, MOST_FILES, defaults, effective, words

from .in_memory import InMemory

KEYWORD = "AuthorizedKeysCommandUser"
"""One whose value sshd shows as it is."""
EXTRA = "/etc/ssh/sshd_config.d/a.conf"


def read(text: str, **included: str) -> dict[str, str]:
    files = InMemory({CONFIGURATION: text} | {f"/etc/ssh/{name}": said for name, said in included.items()})
    found: dict[str, str] = {}
    for said in effective(files):
        key = f"{said.condition}: {said.keyword}" if said.condition else said.keyword
        found[key] = f"{found[key]} {said.value}" if key in found else said.value
    return found


TABLE = [
    (
        text.replace("Banner", KEYWORD)
        .replace("bAnNeR", KEYWORD.swapcase())
        .replace('Ban"ner"', f'{KEYWORD[:3]}"{KEYWORD[3:]}"'),
        value,
    )
    for text, value in [
        ("Banner /a", "/a"),
        ("  bAnNeR\t/a  \r", "/a"),
        ("Banner=/a", "/a"),
        ("Banner = /a", "/a"),
        ("Banner =\t=/a", "=/a"),
        ("Banner==/a", "=/a"),
        ("= Banner /a", "/a"),
        ('"Banner" /a', "/a"),
        ('Ban"ner" /a', "/a"),
        ('Banner "/a b"', "/a b"),
        ("Banner '/a b'", "/a b"),
        ('Banner /a"b c"d', "/ab cd"),
        (r"Banner /a\ b", "/a b"),
        (r"Banner '/a\ b'", r"/a\ b"),
        (r'Banner "/a\"b"', '/a"b'),
        (r"Banner /a\nb", r"/a\nb"),
        ("Banner /a # said", "/a"),
        ("Banner /a#b", "/a#b"),
        ("Banner /a\nBanner /b", "/a"),
        ("#Banner /a\nBanner /b", "/b"),
        ("Match User nobody\nBanner /a\nMatch all\nBanner /b", "/b"),
        ('Match "User" "nobody"\nBanner /a\nmatch ALL # again\nBanner /b', "/b"),
        ("Match all\nBanner /b", "/b"),
        (f"Include {EXTRA}\nBanner /b", "/x"),
        (f"Match User nobody\nInclude {EXTRA}\nMatch all\nBanner /b", "/b"),
        ("Include nosuch*\nBanner /b", "/b"),
    ]
]
"""Lines, and the value that they come to, with `KEYWORD` in the place of `Banner`. What `EXTRA` says is included as `Match all` and `Banner /x`."""


@pytest.mark.parametrize(("text", "value"), TABLE)
def test_a_line_is_read_as_openssh_reads_it(text: str, value: str) -> None:
    found = effective(InMemory({CONFIGURATION: text, EXTRA: f"Match all\n{KEYWORD} /x\n"}))
    assert [said.value for said in found if said.keyword == KEYWORD.lower() and not said.condition] == [value]


def test_blocks_in_included_files_hold_under_both_conditions() -> None:
    found = read(
        "Match User ana\nInclude more\nBanner /a\n",
        more="Banner /m\nMatch Group ops\nBanner /o\nMatch all\nUseDNS yes\n",
    )
    assert found == {"User ana: banner": "/m", "User ana Group ops: banner": "/o", "User ana: usedns": "yes"}


def test_former_names_and_keywords_that_add_up() -> None:
    found = read(
        "ChallengeResponseAuthentication no\nKeepAlive no\nPort 22\nPort=2222\nAllowUsers a b\nallowusers c\nSetEnv A=1\nSetEnv B=2\n"
    )
    assert found == {
        "kbdinteractiveauthentication": "no", "tcpkeepalive": "no", "port": "22 2222", "allowusers": "a b c", "setenv": "A=1"
    }  # fmt: skip


def test_what_is_left_out_is_said() -> None:
    looped = InMemory({CONFIGURATION: "Include sshd_config\nBanner /a\n"})
    assert [said.value for said in effective(looped)] == ["/a"]
    assert looped.missed == [(CONFIGURATION, f"included more than {MOST_DEPTH} files deep")]
    wide = InMemory({CONFIGURATION: "Include a\n" * 2_000, "/etc/ssh/a": "Port 1\n"})
    assert len([*effective(wide)]) == MOST_FILES - 1 and len(wide.missed) == 1


def test_defaults_follow_the_version() -> None:
    assert defaults("1:6.6p1-1")["permitrootlogin"] == "yes"
    assert defaults("") == defaults("1:9.2p1-2+deb12u2") and "persourcepenalties" in defaults("9.9p1")


class Sshd:
    """OpenSSH's own sshd, asked what it would run with."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.file, self.extra = program, folder / "config", folder / "extra"
        self.key = folder / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key)], check=True)
        self.extra.write_text(f"Match all\n{KEYWORD} /x\n")
        Path("/run/sshd").mkdir(exist_ok=True)

    def value(self, text: str) -> str | None:
        """What it has for `KEYWORD`; None where it refuses to start."""
        self.file.write_text(f"{text.replace(EXTRA, str(self.extra))}\nMatch all\nHostKey {self.key}\n")
        asked = subprocess.run([self.program, "-T", "-f", str(self.file)], capture_output=True, text=True, check=False)
        said = [line.partition(" ") for line in asked.stdout.splitlines()]
        return next((value for keyword, _, value in said if keyword == KEYWORD.lower()), None)


@pytest.fixture(scope="module")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> Sshd:
    program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if program is None or shutil.which("ssh-keygen") is None:
        pytest.skip("sshd (Debian's openssh-server) is not installed")
    return Sshd(program, tmp_path_factory.mktemp("openssh"))


def test_the_table_is_as_sshd_itself_has_it(openssh: Sshd) -> None:
    assert [(text, openssh.value(text)) for text, _ in TABLE] == TABLE


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    value=st.text(alphabet="ab \t\"'\\#=/", min_size=1, max_size=12),
    sign=st.sampled_from([" ", "=", "\t= ", ' "', '"']),
)
def test_whatever_sshd_would_start_with_is_read_alike(openssh: Sshd, value: str, sign: str) -> None:
    text = f"{KEYWORD}{sign}{value}"
    said = openssh.value(text)
    if said is not None:
        found = [each.value for each in effective(InMemory({CONFIGURATION: text})) if each.keyword == KEYWORD.lower()]
        assert (found or ["none"]) == [said]


@given(st.text())
def test_no_text_stops_the_reader(text: str) -> None:
    words(text)
    read(text)
