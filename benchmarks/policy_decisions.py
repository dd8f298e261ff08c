"""Decisions a second beside cedarpy and @cloud-copilot/iam-simulate, and 10,000 principals × 100 requests in one call.

    python benchmarks/policy_decisions.py [--seconds 2] [--suites ../shared/suites] [--without-simulate]

The workload is the suites' decision-workload.json: one principal, 5 managed policies, 48 statements, 10 requests. All are
single-threaded. Garrison and cedarpy keep their policies compiled and answer with the ids of the statements that decided;
cedarpy gets the same statements translated to Cedar, in batches of 1,000. iam-simulate's runUnsafeSimulation has no compiled
form; it runs under Node.js from the folder that GARRISON_IAM_SIMULATE names, else from a temporary folder into which npm
installs it. The run fails where engines disagree about a request.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cedarpy

from garrison.policy import (
    AuthorizationRequest,
    CompiledPrincipal,
    PolicyKind,
    PrincipalIdentity,
    PrincipalType,
    Source,
    Statement,
    compile_principal,
    decide,
    decide_many,
    parse_document,
)

SIMULATE = "@cloud-copilot/iam-simulate@0.1.173"
TARGET_CEDAR = 8
TARGET_SIMULATE = 80
TARGET_MEGABYTES = 500
SIMULATE_SCRIPT = """
import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate'
import { readFileSync } from 'node:fs'
const work = JSON.parse(readFileSync(process.argv[2]))
const seconds = Number(process.argv[3])
const simulations = work.requests.map((one) => ({
  request: {
    principal: work.principal,
    action: one.action,
    resource: { resource: one.resource, accountId: one.account },
    contextVariables: one.context
  },
  identityPolicies: work.policies,
  serviceControlPolicies: [],
  resourceControlPolicies: []
}))
const answers = simulations.map((simulation) => runUnsafeSimulation(simulation, {}) === 'Allowed')
const started = performance.now()
let rounds = 0
while (performance.now() - started < seconds * 1000) {
  for (const simulation of simulations) runUnsafeSimulation(simulation, {})
  rounds += 1
}
const rate = (rounds * simulations.length * 1000) / (performance.now() - started)
console.log(JSON.stringify({ rate, answers }))
"""


def main() -> int:
    """Run every engine in turn and print the ratios; exit 1 where a target is missed or engines disagree."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seconds", type=float, default=2.0, help="measured time of each engine")
    arguments.add_argument("--suites", type=Path, default=_suites())
    arguments.add_argument("--without-simulate", action="store_true", help="leave the Node.js peer out")
    arguments.add_argument("--many", action="store_true", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    work = json.loads((chosen.suites / "iam" / "decision-workload.json").read_text())
    if chosen.many:
        return _many(work)
    principal = _principal(work)
    answers = [decide(principal, _request(one)).is_allowed for one in work["requests"]]
    ours = _rate(lambda: _garrison_round(principal, work), len(work["requests"]), chosen.seconds)
    print(f"garrison      {ours:12,.0f} decisions/s")
    met = _against("cedarpy", ours, TARGET_CEDAR, *_cedar(work, chosen.seconds), answers)
    if not chosen.without_simulate:
        met &= _against("iam-simulate", ours, TARGET_SIMULATE, *_simulate(work, chosen.seconds), answers)
    sys.stdout.flush()
    command = [sys.executable, __file__, "--many", "--suites", str(chosen.suites)]
    return 0 if subprocess.run(command, check=False).returncode == 0 and met else 1


def _suites() -> Path:
    return Path(os.environ.get("GARRISON_SUITES") or Path(__file__).parents[2] / "shared" / "suites")


def _against(
    name: str, ours: float, target: int, theirs: float, their_answers: list[bool], answers: list[bool]
) -> bool:
    agreed = "the same answers" if their_answers == answers else f"OTHER ANSWERS {their_answers} than {answers}"
    print(f"{name:13} {theirs:12,.0f} decisions/s   ratio {ours / theirs:8,.1f}×   target {target}×   {agreed}")
    return ours >= target * theirs and their_answers == answers


def _rate(round_of_requests: Callable[[], object], requests: int, seconds: float) -> float:
    round_of_requests()
    rounds, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        round_of_requests()
        rounds += 1
    return rounds * requests / (time.perf_counter() - started)


def _sources(work: dict[str, Any]) -> list[Source]:
    return [
        Source(PolicyKind.IDENTITY, one["name"], parse_document(json.dumps(one["policy"]))) for one in work["policies"]
    ]


def _principal(work: dict[str, Any]) -> CompiledPrincipal:
    account = work["principal"].split(":")[4]
    alice = PrincipalIdentity(kind=PrincipalType.USER, account=account, arn=work["principal"], user_name="alice")
    return compile_principal(alice, _sources(work))


def _request(one: dict[str, Any]) -> AuthorizationRequest:
    return AuthorizationRequest(one["action"], one["resource"], one["account"], one["context"])


def _garrison_round(principal: CompiledPrincipal, work: dict[str, Any]) -> None:
    for one in work["requests"]:
        decision = decide(principal, _request(one))
        [statement.id for statement in decision.statements]


def _cedar(work: dict[str, Any], seconds: float) -> tuple[float, list[bool]]:
    statements = [statement for source in _sources(work) for statement in source.document.statements]
    policies = cedarpy.PolicySet.from_str("\n".join(_in_cedar(statement) for statement in statements))
    entities = cedarpy.Entities.from_json_str("[]")
    requests = [
        {
            "principal": 'User::"alice"',
            "action": 'Action::"call"',
            "resource": 'Resource::"any"',
            "context": {"action": one["action"].lower(), "resource": one["resource"], **one["context"]},
        }
        for one in work["requests"]
    ]
    batch = requests * (1000 // len(requests))

    def batches() -> list[Any]:
        return [result.diagnostics.reasons for result in cedarpy.is_authorized_batch(batch, policies, entities)]

    answers = [result.allowed for result in cedarpy.is_authorized_batch(requests, policies, entities)]
    return _rate(batches, len(batch), seconds), answers


def _in_cedar(statement: Statement) -> str:
    """The statement as a Cedar policy whose action, resource and keys are in the context."""
    tests = [
        _any_like("action", [action.lower() for action in statement.actions], negated=statement.not_action),
        _any_like("resource", list(statement.resources), negated=statement.not_resource),
    ]
    for condition in statement.conditions:
        key, values = json.dumps(condition.key), list(condition.values)
        if condition.quantifier is not None:
            tests.append(f"context has {key} && context[{key}].containsAny({json.dumps(values)})")
        else:
            tests.append(f"context has {key} && {_any_like(condition.key, values, negated=False)}")
    effect = "permit" if statement.effect == "Allow" else "forbid"
    when = " && ".join(f"({test})" for test in tests)
    return f"{effect}(principal, action, resource) when {{ {when} }};"


def _any_like(key: str, patterns: list[str], *, negated: bool) -> str:
    found = " || ".join(f"context[{json.dumps(key)}] like {json.dumps(pattern)}" for pattern in patterns)
    return f"!({found})" if negated else found


def _simulate(work: dict[str, Any], seconds: float) -> tuple[float, list[bool]]:
    node = shutil.which("node")
    if node is None:
        raise SystemExit("Node.js is not installed; run with --without-simulate")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(os.environ.get("GARRISON_IAM_SIMULATE") or temporary)
        if not (folder / "node_modules").is_dir():
            install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", SIMULATE]
            subprocess.run(install, cwd=folder, check=True)
        script, workload = folder / "peer.mjs", Path(temporary) / "workload.json"
        script.write_text(SIMULATE_SCRIPT)
        workload.write_text(json.dumps(work))
        command = [node, str(script), str(workload), str(seconds)]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return answer["rate"], answer["answers"]


def _many(work: dict[str, Any]) -> int:
    """10,000 users, each with the shared managed policies and an inline one of its own, 100 requests each."""
    shared = _sources(work)
    account = work["principal"].split(":")[4]
    requests = [
        AuthorizationRequest(one["action"], f"{one['resource']}{turn}", one["account"], one["context"])
        for turn in range(10)
        for one in work["requests"]
    ]
    started = time.perf_counter()
    principals = [_user(account, number, shared) for number in range(10_000)]
    compiled = time.perf_counter()
    allowed = sum(decision.is_allowed for decisions in decide_many(principals, requests) for decision in decisions)
    finished = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"decide_many   {len(principals):,} principals × {len(requests)} requests: {allowed:,} allowed, compiled in "
        f"{compiled - started:.1f} s, {len(principals) * len(requests) / (finished - compiled):,.0f} decisions/s, "
        f"peak {peak:,.0f} MB   target {TARGET_MEGABYTES} MB"
    )
    return 0 if peak < TARGET_MEGABYTES else 1


def _user(account: str, number: int, shared: list[Source]) -> CompiledPrincipal:
    name = f"user-{number}"
    policy = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": f"arn:aws:sqs:*:{account}:{name}-*"},
    }
    inline = Source(PolicyKind.IDENTITY, f"user/{name}/queues", parse_document(json.dumps(policy)))
    identity = PrincipalIdentity(
        kind=PrincipalType.USER,
        account=account,
        arn=f"arn:aws:iam::{account}:user/{name}",
        user_id=f"AIDA{number:017}",
        user_name=name,
        tags={"team": f"team-{number % 50}"},
    )
    return compile_principal(identity, [*shared, inline])


if __name__ == "__main__":
    sys.exit(main())
