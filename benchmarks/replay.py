"""Seconds that a replay of a policy takes over recorded events, beside reading them only, and deciding on each by itself.

    python benchmarks/replay.py [--events 1000000]

Foreign events are those of `_trail_events`, taken in from log files; own events are calls made to a server here, with all that was
decided about each, multiplied with ids and times of their own. Each replay is `garrison replay` in a process of its own on a home
without a server. Beside the seconds measured stand those that a million events would take at that rate. The straightforward way decodes
each foreign record whole and decides on it with and without the draft, keeping nothing but compiled policies; it is given 20,000 of
the same events, in the same process as the way that `garrison replay` goes, and must find the same. Seconds of a processor are compared.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import boto3
from _trail_events import BEGIN, write_logs
from botocore.config import Config
from botocore.exceptions import ClientError

from garrison import codec
from garrison.journal import Journal
from garrison.lake.asking import ask
from garrison.lake.ingest import Ingest
from garrison.lake.lake import Lake
from garrison.lake.place import LakePlace
from garrison.lake.records import cut_decision, read_record
from garrison.lake.rows import rows_of
from garrison.lake.sources import source_of
from garrison.policy import PolicyKind, PrincipalIdentity, PrincipalType, Source, compile_principal, parse_document
from garrison.policy.replay import Draft, PolicyReplay
from garrison.policy.supposing import Suppositions
from garrison.services.garrison.foreign import action_of, is_unknown, question_of, request_of
from garrison.services.garrison.replays.policies import ReplayedPolicy
from garrison.services.garrison.replays.records import PastEvent

COMPARED_EVENTS = 20_000
EVENTS_AT_ONCE = 2_000
TARGET_SECONDS = 60
"""For a million events."""
FOREIGN = "123837392027"
ROOT = PrincipalIdentity(kind=PrincipalType.ROOT, account=FOREIGN, arn=f"arn:aws:iam::{FOREIGN}:root")
EVERYTHING = Source(
    PolicyKind.IDENTITY,
    "as-recorded",
    parse_document(
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}', PolicyKind.IDENTITY
    ),
)
DRAFTS = {
    "deny one service": {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"},
    "deny outside a region": {
        "Effect": "Deny",
        "NotAction": ["sts:*", "organizations:*"],
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}},
    },
    "deny without a tag": {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "red"}},
    },
}


def main() -> int:
    """Make the events, replay each draft over both kinds, and print; exit 1 where a million would take too long."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--events", type=int, default=1_000_000)
    count = arguments.parse_args().events
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        own = make_own_events(home, count)
        take_in_foreign_events(Path(folder, "logs"), home, count)
        slowest, draft = 0.0, Path(folder, "draft.json")
        for kind, account in (("own", own), ("foreign", FOREIGN)):
            floor = read_and_decode(home, account)
            print(f"{kind:8} {'read and decode only':24} {floor:7.1f} s")
            for name, statement in DRAFTS.items():
                draft.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
                seconds, cpu, told = replay(home, draft, account)
                million = seconds * 1_000_000 / told["Replay"]["Events"]
                slowest = max(slowest, million)
                print(
                    f"{kind:8} {name:24} {seconds:7.1f} s, {cpu:6.1f} s of processor, {seconds / floor:4.1f}× the reading; "
                    f"a million in {million:5.1f} s; {told['Replay']['Events']:,} events, {told['Totals']}"
                )
        for name, statement in DRAFTS.items():
            draft.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
            subprocess.run([sys.executable, __file__, "compare", str(home), str(draft), name], check=True)
    print(f"the slowest: a million in {slowest:.0f} s, target {TARGET_SECONDS} s")
    return 0 if slowest <= TARGET_SECONDS else 1


def replay(home: Path, draft: Path, account: str) -> tuple[float, float, dict[str, Any]]:
    """Run one replay; gives seconds, seconds of the processor, and the answer."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = garrison(home, "replay", "scp", str(draft), "--account", account, "--json")
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, json.loads(done)


def garrison(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "garrison", *arguments, "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 4):
        raise SystemExit(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def read_and_decode(home: Path, account: str) -> float:
    """Seconds that the events alone take, in a process that does nothing else."""
    began = time.perf_counter()
    subprocess.run([sys.executable, __file__, "read", str(home), account], check=True)
    return time.perf_counter() - began


def only_read(home: Path, account: str) -> None:
    """What `read_and_decode` runs."""
    statement = f"SELECT record, decision FROM cloudtrail_events WHERE account = '{account}'"
    with ask(Lake(LakePlace(home / "lake")), statement) as answer:
        for batch in answer.batches():
            for text, decision in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                codec.decode(text)
                if decision is not None:
                    codec.decode(decision)


def compare(home: Path, draft: Path, name: str) -> None:
    """Decide on the same foreign events in the straightforward way and as `garrison replay` does."""
    statement = f"SELECT record FROM cloudtrail_events WHERE account = '{FOREIGN}' LIMIT {COMPARED_EVENTS}"
    with ask(Lake(LakePlace(home / "lake")), statement) as answer:
        events = [PastEvent(text) for batch in answer.batches() for text in batch.column(0).to_pylist()]
    made = Draft(PolicyKind.SCP, "draft", draft.read_text())
    began = time.process_time()
    counts = straightforward(PolicyReplay(made, Suppositions(is_unknown)), events)
    alone, began = time.process_time() - began, time.process_time()
    replayed = ReplayedPolicy(made, FOREIGN, lambda _: compile_principal(ROOT), lambda _: None, None)
    for event in events:
        replayed.feed(event)
    together = time.process_time() - began
    if counts != replayed.groups.totals:
        raise SystemExit(f"{name}: the ways do not agree: {counts} and {replayed.groups.totals}")
    each, ours = (seconds / len(events) * 1e6 for seconds in (alone, together))
    print(f"deciding {name:24} {each:6.1f} µs an event by itself, {ours:5.1f} µs here: {each / ours:.1f}× less")


def straightforward(replay: PolicyReplay, events: list[PastEvent]) -> Counter[str]:
    """How often a draft has which effect on foreign calls."""
    totals: Counter[str] = Counter()
    for event in events:
        record = event.record()
        facts = action_of(record)
        if facts is None:
            continue
        question = question_of(record, facts)
        principal = compile_principal(question.identity, [EVERYTHING] if question.was_allowed else [])
        outcome = replay.outcome(principal, request_of(record, question))
        if outcome is not None:
            totals[outcome.change.value] += 1
    return totals


def take_in_foreign_events(logs: Path, home: Path, count: int) -> None:
    """Put foreign events into the lake as log files bring them."""
    logs.mkdir()
    write_logs(logs, count)
    Ingest(Lake(LakePlace(home / "lake")), source_of(str(logs)), workers=2).run()


def make_own_events(home: Path, count: int) -> str:
    """Let users call a server, and put their calls into the lake often enough; gives the account's id."""
    garrison(home, "up", "--port", "0", "--detach")
    try:
        account = make_calls(home)
    finally:
        garrison(home, "down")
    lake = Lake(LakePlace(home / "lake"))
    writer = lake.writer(datetime.now(UTC))
    payloads = multiplied(templates(home), count)
    while some := list(islice(payloads, EVENTS_AT_ONCE)):
        texts, decisions = zip(*map(cut_decision, some), strict=True)
        writer.add(rows_of(list(map(read_record, texts)), texts, "journal", decisions))
    writer.flush()
    with lake.place.locked():
        lake.append(writer.written, {})
    return account


def templates(home: Path) -> list[dict[str, Any]]:
    """The calls that users made, whole."""
    found = [codec.decode(entry.payload) for entry in Journal(home / "journal").read(0)]
    return [one for one in found if (one.get("userIdentity") or {}).get("type") == "IAMUser" and "_garrison" in one]


def multiplied(chosen: list[dict[str, Any]], count: int) -> Iterator[bytes]:
    step = timedelta(days=3) / count
    for number in range(count):
        event = chosen[number % len(chosen)]
        own = event.pop("_garrison")
        event |= {
            "eventID": str(uuid.UUID(int=number, version=4)),
            "eventTime": (BEGIN + step * number).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "_garrison": own,
        }
        yield codec.encode(event)


def make_calls(home: Path) -> str:
    """Calls of an administrator and of twenty users, some of them refused."""
    files = ConfigParser(interpolation=None)
    files.read([home / "credentials", home / "config"])
    place = files["profile garrison"]

    def client(service: str, key: str, secret: str) -> Any:
        return boto3.client(
            service,
            region_name=place["region"],
            endpoint_url=place["endpoint_url"],
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(retries={"total_max_attempts": 1}),
        )

    admin = (files["garrison"]["aws_access_key_id"], files["garrison"]["aws_secret_access_key"])
    iam = client("iam", *admin)
    allow = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": ["iam:Get*", "iam:ListUsers"], "Resource": "*"}],
        }
    )
    for number in range(20):
        name = f"user-{number}"
        iam.create_user(UserName=name, Tags=[{"Key": "team", "Value": "red" if number % 2 else "blue"}])
        iam.put_user_policy(UserName=name, PolicyName="reads", PolicyDocument=allow)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        theirs = client("iam", key["AccessKeyId"], key["SecretAccessKey"])
        theirs.get_user(UserName=name)
        theirs.list_users()
        with suppress(ClientError):
            theirs.list_roles()
        with suppress(ClientError):
            theirs.create_user(UserName="other")
    return str(client("sts", *admin).get_caller_identity()["Account"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["read"]:
        only_read(Path(sys.argv[2]), sys.argv[3])
    elif sys.argv[1:2] == ["compare"]:
        compare(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
    else:
        raise SystemExit(main())
