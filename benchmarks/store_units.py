"""Units of work a second: add a resource, its history and its event in one transaction; and cached reads."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import timeit
from pathlib import Path
from typing import ClassVar

from garrison.clock import SystemClock
from garrison.store import Resource, RootKey, StartsWith, Store, open_store

ACCOUNT, REGION = "111122223333", "us-east-1"
EVENT = b"x" * 1500


class User(Resource, frozen=True, kw_only=True):
    """Something of the size of an IAM user."""

    resource_type: ClassVar[str] = "Garrison::Bench::User"
    identity: ClassVar[tuple[str, ...]] = ("name",)
    indexed: ClassVar[tuple[str, ...]] = ("path",)

    name: str
    path: str = "/"
    groups: tuple[str, ...] = ("developers", "operators")

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:iam::{self.account}:user{self.path}{self.name}"


def opened(url: str, key: str) -> Store:
    """The store of a URL."""
    return open_store(url, RootKey.from_file(Path(key), create=True), SystemClock(), [User])


def write(store: Store, prefix: str, count: int) -> float:
    """Seconds for `count` units."""
    started = time.perf_counter()
    for number in range(count):
        with store.writing(ACCOUNT, REGION, event_id="e") as unit:
            unit.add(User(account=ACCOUNT, name=f"{prefix}{number}"))
            unit.append_event("e", EVENT)
    return time.perf_counter() - started


def write_from_two_processes(url: str, key: str, count: int) -> float:
    """Units a second of two processes together."""
    command = [sys.executable, __file__, "--child", url, "--key", key, "--count", str(count)]
    children = [
        subprocess.Popen([*command, "--prefix", prefix], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for prefix in "ab"
    ]
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    started = time.perf_counter()
    for child in children:
        child.communicate(b"\n")
    return 2 * count / (time.perf_counter() - started)


def read(store: Store) -> None:
    """Print microseconds of cached reads."""
    with store.writing(ACCOUNT, REGION) as unit:
        for number in range(5):
            unit.add(User(account=ACCOUNT, name=f"reader{number}", path="/few/"))

    def get() -> None:
        with store.reading(ACCOUNT, REGION) as unit:
            unit.get(User, "reader1")

    def page() -> None:
        with store.reading(ACCOUNT, REGION) as unit:
            unit.page(User, where={"path": StartsWith("/few/")}, limit=101)

    for name, call in (
        ("get", get),
        ("page of 5", page),
        ("policy_generation", lambda: store.policy_generation(ACCOUNT)),
    ):
        call()
        print(f"  {name}, unit of work included: {timeit.timeit(call, number=5000) / 5000 * 1e6:.1f} µs")


def main() -> None:
    """Measure SQLite in two ways of syncing, and PostgreSQL where a URL is given."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--postgresql", default="")
    parser.add_argument("--child", default="")
    parser.add_argument("--key", default="")
    parser.add_argument("--prefix", default="")
    options = parser.parse_args()
    if options.child:
        store = opened(options.child, options.key)
        print("ready", flush=True)
        sys.stdin.readline()
        write(store, options.prefix, options.count)
        return
    with tempfile.TemporaryDirectory() as folder:
        key = f"{folder}/root.key"
        urls = [f"sqlite:///{folder}/{mode}.db?synchronous={mode}" for mode in ("FULL", "NORMAL")]
        for url in [*urls, *filter(None, [options.postgresql])]:
            store = opened(url, key)
            print(url.rpartition("/")[2].partition("host=")[0])
            print(f"  one process: {options.count / write(store, 'one', options.count):.0f} units/s")
            print(f"  two processes: {write_from_two_processes(url, key, options.count):.0f} units/s")
            read(store)
            store.close()


if __name__ == "__main__":
    main()
