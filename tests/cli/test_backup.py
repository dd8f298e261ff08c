"""A backup under load is one consistent moment; restoring gives it back, exactly once, or changes nothing."""

from __future__ import annotations

import io
import json
import os
import stat
import tarfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from garrison.clock import SystemClock
from garrison.errors import OperatorError
from garrison.gateway.local import local_caller
from garrison.journal import Journal
from garrison.runtime.home import Home
from garrison.runtime.parts import open_parts
from garrison.runtime.restore import restore_backup
from garrison.services import resource_types
from garrison.services.iam.resources import User
from garrison.setting_sources import load_settings
from garrison.store import RootKey, open_store

from .conftest import Installation


class Load:
    """Threads that create users and read, and remember which requests were answered."""

    def __init__(self, garrison: Any, threads: int = 3) -> None:
        self._garrison = garrison
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.answered: list[str] = []
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(threads)]
        for thread in self._threads:
            thread.start()

    def _run(self, thread: int) -> None:
        iam, sts = self._garrison.client("iam"), self._garrison.client("sts")
        number = 0
        while not self._stop.is_set():
            number += 1
            made = iam.create_user(UserName=f"user-{thread}-{number}")
            seen = sts.get_caller_identity()
            with self._lock:
                self.answered += [answer["ResponseMetadata"]["RequestId"] for answer in (made, seen)]

    def so_far(self) -> list[str]:
        """The ids of the requests answered by now."""
        with self._lock:
            return list(self.answered)

    def wait_for(self, count: int) -> None:
        """Wait until so many were answered."""
        while len(self.so_far()) < count:
            self._stop.wait(0.01)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def recorded(home: Path) -> list[dict[str, Any]]:
    """The events of a stopped home's journal."""
    return [json.loads(entry.payload) for entry in Journal(home / "journal").read()]


def history_event_ids(home: Path) -> set[str]:
    """The events that a stopped home's users name as what made them."""
    store = open_store(
        f"sqlite:///{home / 'store.db'}", RootKey.from_file(home / "root.key"), SystemClock(), resource_types()
    )
    with closing(store), store.reading(account_of(home), "global") as unit:
        users = unit.page(User)
        return {
            version.event_id
            for user in users
            for version in unit.history(User, user.name)
            if version.event_id is not None and user.name.startswith("user-")
        }


def account_of(home: Path) -> str:
    return (home / "garrison.toml").read_text().split('account_id = "')[1][:12]


def backed_up(garrison: Any, *arguments: str) -> Path:
    """A small account's backup, taken without a server."""
    garrison.found()
    with closing(open_parts(load_settings(garrison.home))) as opened, local_caller(opened) as root:
        root.call("iam", "CreateUser", UserName="alice")
    file = garrison.home.parent / "backup.tar"
    garrison.told("backup", str(file), *arguments)
    return file


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """An installation without a server and its backup, for tests that change neither."""
    made = Installation(tmp_path_factory.mktemp("kept") / "home")
    return made, backed_up(made)


def test_a_backup_under_load_restores_to_every_change_with_its_event_and_no_other(
    garrison: Any, installations: Callable[[str], Any]
) -> None:
    garrison.up()
    load = Load(garrison)
    try:
        load.wait_for(60)
        before = load.so_far()
        file = garrison.home.parent / "backup.tar"
        said = garrison.told("backup", str(file))
        load.wait_for(len(load.so_far()) + 30)
    finally:
        load.stop()
    garrison.down()
    assert said["journal_position"] > 0

    restored = installations("restored")
    restored.told("restore", str(file))
    restored.up()
    restored.client("iam").create_user(UserName="after-restore")
    assert restored.client("iam").get_user(UserName="user-0-1")
    while not any("after-restore" in str(event["requestParameters"]) for event in recorded(restored.home)):
        time.sleep(0.05)  # what records may start after what answers
    restored.down()

    journal = recorded(restored.home)
    by_request = Counter(event["requestID"] for event in journal)
    assert {by_request[request] for request in before} == {1}, "what was answered before is there exactly once"
    assert not {event_id for event_id, count in Counter(e["eventID"] for e in journal).items() if count > 1}
    made = {
        event["eventID"]
        for event in journal
        if event["eventName"] == "CreateUser" and event["requestParameters"]["userName"].startswith("user-")
    }
    assert made == history_event_ids(restored.home), "no change without its event, no event without its change"
    assert len(made) < len({e["eventID"] for e in recorded(garrison.home) if e["eventName"] == "CreateUser"})
    assert not list((restored.home / "spool").glob("*.damaged")), "the copy of a lane ends with a whole record"


def test_a_backup_is_private_and_never_overwrites(kept: tuple[Any, Path]) -> None:
    garrison, file = kept
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_bytes()
    assert "there already" in garrison.told("backup", str(file), code=1)["error"]
    assert file.read_bytes() == content
    assert not [path for path in file.parent.iterdir() if path.name.startswith(".garrison-backup-")]


def test_a_backup_without_the_root_key_holds_no_secret_in_clear(
    garrison: Any, installations: Callable[[str], Any]
) -> None:
    file = backed_up(garrison, "--without-root-key")
    with tarfile.open(file) as tar:
        names = set(tar.getnames())
    assert not names & {"root.key", "credentials", "root-credentials", "tls/key.pem"}
    assert garrison.credentials()[1].encode() not in file.read_bytes()
    restored = installations("restored")
    assert "--root-key" in restored.told("restore", str(file), code=1)["remedy"]
    assert not restored.home.exists()
    key = str(garrison.home / "root.key")
    assert restored.told("restore", str(file), "--root-key", key)["has_credentials"] is False
    restored.told("keys", "rotate")
    restored.up()
    assert restored.client("iam").get_user(UserName="alice")["User"]["UserName"] == "alice"


def test_a_home_that_is_not_empty_is_not_restored_into(kept: tuple[Any, Path]) -> None:
    garrison, file = kept
    before = sorted(path.name for path in garrison.home.iterdir())
    assert "not empty" in garrison.told("restore", str(file), code=1)["error"]
    assert sorted(path.name for path in garrison.home.iterdir()) == before


def rewritten(file: Path, change: Callable[[tarfile.TarInfo, bytes], list[tuple[tarfile.TarInfo, bytes]]]) -> Path:
    """A backup with members changed, added or left out."""
    target = file.with_name("rewritten.tar")
    target.unlink(missing_ok=True)
    with tarfile.open(file) as old, tarfile.open(target, "w") as new:
        for member in old:
            source = old.extractfile(member)
            for info, content in change(member, source.read() if source else b""):
                info.size = len(content)
                new.addfile(info, io.BytesIO(content))
    return target


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


HOSTILE = {
    "a path that climbs": member("../escaped"),
    "an absolute path": member("/tmp/escaped"),
    "a path that climbs from a folder": member("journal/../../escaped"),
    "a name that no backup has": member("run/server.json"),
    "a symbolic link": member("credentials", tarfile.SYMTYPE, "/etc/passwd"),
    "a hard link": member("journal/end", tarfile.LNKTYPE, "VERSION"),
    "a device": member("clock", tarfile.CHRTYPE),
    "a folder": member("journal", tarfile.DIRTYPE),
    "a pipe": member("spool/wake", tarfile.FIFOTYPE),
    "a file twice": member("VERSION"),
}


def test_a_tampered_backup_changes_nothing(kept: tuple[Any, Path], installations: Callable[[str], Any]) -> None:
    _, file = kept
    restored = installations("restored")

    def refused(spoilt: Path) -> str:
        with pytest.raises(OperatorError) as refusal:
            restore_backup(spoilt, Home(restored.home))
        error = refusal.value.cause
        assert not restored.home.exists()
        assert not [path for path in restored.home.parent.iterdir() if "restoring" in path.name]
        return error

    for what, hostile in HOSTILE.items():

        def with_hostile(info: tarfile.TarInfo, content: bytes, hostile: Any = hostile) -> list[Any]:
            extra = [(hostile, b"")] if info.name == "VERSION" else []
            return [(info, content), *extra]

        assert "which no backup has" in refused(rewritten(file, with_hostile)), what
    assert not (restored.home.parent / "escaped").exists()

    changed = rewritten(file, lambda i, c: [(i, c + b"\n" if i.name == "garrison.toml" else c)])
    assert "garrison.toml is not what its manifest says" in refused(changed)
    assert "garrison.toml is not" in restored.told("restore", str(changed), code=1)["error"]
    lacking = rewritten(file, lambda i, c: [] if i.name == "recent.db" else [(i, c)])
    assert "recent.db is not what its manifest says" in refused(lacking)
    assert "manifest is missing" in refused(rewritten(file, lambda i, c: [] if i.name == "manifest.json" else [(i, c)]))
    newer = rewritten(file, lambda i, c: [(i, c.replace(b'"format": 1', b'"format": 2') if "mani" in i.name else c)])
    assert "format 2" in refused(newer)
    layout = rewritten(
        file, lambda i, c: [(i, c.replace(b'"layout": "1"', b'"layout": "7"') if "mani" in i.name else c)]
    )
    assert "version '7'" in refused(layout)
    cut = file.with_name("cut.tar")
    cut.write_bytes(file.read_bytes()[: os.path.getsize(file) // 2])
    assert "not a sound backup" in refused(cut)
    assert "There is no backup" in refused(file.with_name("absent.tar"))


def test_only_one_maintains_a_home_at_a_time(kept: tuple[Any, Path]) -> None:
    import fcntl

    garrison, _ = kept  # the backup has made the lock's file
    with (garrison.home / "run" / "maintenance.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for arguments in (["backup", str(garrison.home.parent / "other.tar")], ["keys", "rotate-root"], ["upgrade"]):
            assert "under way" in garrison.told(*arguments, code=1)["error"]


def test_a_backup_that_cannot_be_written_says_why(kept: tuple[Any, Path]) -> None:
    garrison, _ = kept
    for place in ("absent/backup.tar", "."):
        said = garrison.told("backup", str(garrison.home.parent / place), code=1)
        assert said["error"]
        assert said["remedy"]
