"""The root key wrapped by a token: of no use without it, refused clearly when anything is not as it was, and never lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from garrison.errors import OperatorError
from garrison.runtime.parts import open_parts
from garrison.runtime.rotation import rotate_root_key
from garrison.setting_sources import load_settings
from garrison.store import RootKey

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "4711-0815"

pytestmark = pytest.mark.skipif(not Path(MODULE).exists(), reason="softhsm2 is not installed")


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[Path]:
    """The folder of SoftHSM's tokens, for this process and those that it starts."""
    folder = tmp_path / "tokens"
    folder.mkdir(mode=0o700)
    conf = tmp_path / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(conf)
    _make_token()
    yield folder
    del os.environ["SOFTHSM2_CONF"]
    if before is not None:
        os.environ["SOFTHSM2_CONF"] = before


def _make_token() -> None:
    command = ["softhsm2-util", "--init-token", "--free", "--label", "guard", "--pin", PIN, "--so-pin", PIN]
    subprocess.run(command, check=True, capture_output=True)


def _prepare(garrison: Any, tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    pin.write_text(f"{PIN}\n")
    pin.chmod(0o600)
    garrison.home.mkdir(mode=0o700)
    table = f'[root_key_token]\nmodule = "{MODULE}"\ntoken = "guard"\npin_file = "{pin}"\n'
    (garrison.home / "garrison.toml").write_text(f'account_id = "123456789012"\n{table}')


def _refused(garrison: Any, change: Callable[[], Any], undo: Callable[[], Any]) -> str:
    """The cause that a home gives for not opening after a change, which leaves everything as it is."""
    key, store = (garrison.home / "root.key"), (garrison.home / "store.db")
    change()
    before = (key.read_bytes() if key.exists() else None, store.read_bytes())
    with pytest.raises(OperatorError) as refused, closing(open_parts(load_settings(garrison.home))):
        pass
    assert (key.read_bytes() if key.exists() else None, store.read_bytes()) == before
    undo()
    return f"{refused.value}"


def test_a_root_key_in_a_token_opens_with_that_token_only(garrison: Any, tokens: Path, tmp_path: Path) -> None:
    garrison.environment["SOFTHSM2_CONF"] = os.environ["SOFTHSM2_CONF"]
    _prepare(garrison, tmp_path)
    file, away = garrison.home / "root.key", tmp_path / "away"
    garrison.up()
    iam = garrison.client("iam")
    iam.create_user(UserName="alice")
    made = iam.create_access_key(UserName="alice")["AccessKey"]
    alice = (made["AccessKeyId"], made["SecretAccessKey"])
    first = file.read_text()
    assert garrison.told("keys", "rotate-root")["resealed"] == 2
    second = file.read_text()
    assert first != second
    for text in (first, second):
        assert [line.partition(":")[0] for line in text.splitlines()] == ["wrapped"]
    assert garrison.client("sts", key=alice).get_caller_identity()["Arn"].endswith(":user/alice")

    shutil.move(tokens, away)
    tokens.mkdir(mode=0o700)
    made = iam.create_access_key(UserName="alice")["AccessKey"]
    second_key = (made["AccessKeyId"], made["SecretAccessKey"])
    assert garrison.client("sts", key=second_key).get_caller_identity()["Arn"].endswith(":user/alice")
    with pytest.raises(OperatorError, match="cannot be used for the root key"):
        rotate_root_key(load_settings(garrison.home))
    garrison.down()
    said = garrison.told("up", "--port", "0", "--detach", code=1)["error"]
    assert "The token guard cannot be used for the root key" in said
    tokens.rmdir()
    shutil.move(away, tokens)
    assert file.read_text() == second

    middle = len(second) // 2
    changed = second[:middle] + ("A" if second[middle] != "A" else "B") + second[middle + 1 :]
    assert "was changed" in _refused(garrison, lambda: file.write_text(changed), lambda: file.write_text(second))
    assert "sealed by the root key" in _refused(
        garrison, lambda: file.write_text(first), lambda: file.write_text(second)
    )
    hidden = file.with_suffix(".hidden")
    assert "is missing" in _refused(garrison, lambda: file.rename(hidden), lambda: hidden.rename(file))
    toml = garrison.home / "garrison.toml"
    whole = toml.read_text()
    assert "is wrapped by a token" in _refused(
        garrison, lambda: toml.write_text(whole.partition("[")[0]), lambda: toml.write_text(whole)
    )
    wrong = whole.replace("guard", "other")
    assert "token other" in _refused(garrison, lambda: toml.write_text(wrong), lambda: toml.write_text(whole))
    pin = tmp_path / "pin"
    assert "PIN" in _refused(garrison, lambda: pin.chmod(0o644), lambda: pin.chmod(0o600))

    assert rotate_root_key(load_settings(garrison.home), in_clear=True) == 3
    toml.write_text(whole.partition("[")[0])
    assert len(RootKey.from_file(file).key_ids) == 1
    with closing(open_parts(load_settings(garrison.home))):
        pass
