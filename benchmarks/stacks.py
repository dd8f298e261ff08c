"""How long stacks take through the API, beside moto_server's CloudFormation in the same run, on types that both have.

A stack of topics, log groups and alarms is created, one property of it is changed, a change set is made for the whole of it, and
it is deleted. Garrison decides every call for a resource by the caller's policies and makes its audit record durable; moto_server
does neither, and makes everything within the request. The servers take turns, the medians of the rounds are compared.

    python benchmarks/stacks.py [--resources 200] [--changed 500] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from signed_calls import Server, free_port, start_garrison, start_peer

CREATE_SECONDS, UPDATE_SECONDS, CHANGE_SET_SECONDS = 10.0, 2.0, 3.0
"""The most that the project asks of itself for 200 resources, one change, and a change set of 500 resources."""
BUCKET = "stack-templates"


def template(size: int, threshold: int = 1, added: str = "") -> str:
    """A template of so many resources: for every two alarms a topic and a log group."""
    made: dict[str, Any] = {}
    for number in range(size // 4):
        made[f"Topic{number}"] = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": f"topic {number}{added}"}}
        made[f"Group{number}"] = {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": f"/bench/{number}", "RetentionInDays": 30},
        }
        for each in range(2):
            made[f"Alarm{number}x{each}"] = {
                "Type": "AWS::CloudWatch::Alarm",
                "Properties": {
                    "AlarmName": f"bench-{number}-{each}",
                    "AlarmActions": [{"Ref": f"Topic{number}"}],
                    "MetricName": f"m{number}",
                    "Namespace": "Bench",
                    "ComparisonOperator": "GreaterThanThreshold",
                    "EvaluationPeriods": 1,
                    "Period": 60,
                    "Statistic": "Sum",
                    "Threshold": threshold if number == 0 else 1,
                },
            }
    return json.dumps({"Resources": made}, separators=(",", ":"))


class Client:
    """A server's CloudFormation."""

    def __init__(self, server: Server) -> None:
        self.name = server.name
        options: dict[str, Any] = {
            "endpoint_url": server.endpoint,
            "region_name": "us-east-1",
            "aws_access_key_id": server.credentials.access_key,
            "aws_secret_access_key": server.credentials.secret_key,
            "config": Config(read_timeout=300, retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        }
        self.stacks = boto3.client("cloudformation", **options)
        self.objects = boto3.client("s3", **options)
        self.objects.create_bucket(Bucket=BUCKET)

    def put(self, text: str) -> str:
        """Put a template where a stack may be made of it; gives its URL."""
        key = f"{time.monotonic_ns()}.json"
        self.objects.put_object(Bucket=BUCKET, Key=key, Body=text.encode())
        return f"https://s3.amazonaws.com/{BUCKET}/{key}"

    def ended(self, name: str, status: str) -> None:
        """Wait for a stack's end."""
        while (found := self.stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]) != status:
            assert found.endswith("_IN_PROGRESS"), found
            time.sleep(0.01)


def timed(work: Callable[[], object]) -> float:
    """How long work takes, in seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def one_round(client: Client, size: int, changed: int) -> dict[str, float]:
    """The times of one stack's life."""
    first, second = client.put(template(size)), client.put(template(size, threshold=7))
    many, larger = client.put(template(changed)), client.put(template(changed, added=" changed"))

    def create(name: str, url: str) -> None:
        client.stacks.create_stack(StackName=name, TemplateURL=url)
        client.ended(name, "CREATE_COMPLETE")

    def update() -> None:
        client.stacks.update_stack(StackName="bench", TemplateURL=second)
        client.ended("bench", "UPDATE_COMPLETE")

    def change() -> None:
        client.stacks.create_change_set(StackName="large", ChangeSetName="all", TemplateURL=larger)
        client.stacks.get_waiter("change_set_create_complete").wait(StackName="large", ChangeSetName="all")

    def delete(name: str) -> None:
        stack = client.stacks.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        client.stacks.delete_stack(StackName=name)
        client.ended(stack, "DELETE_COMPLETE")

    create("first", client.put(template(4)))  # whatever a server loads when first asked
    delete("first")
    times = {"create": timed(lambda: create("bench", first)), "change one": timed(update)}
    times["delete"] = timed(lambda: delete("bench"))
    create("large", many)
    times["change set"] = timed(change)
    delete("large")
    return times


def main() -> None:
    """Measure both and print the ratios."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--resources", type=int, default=200)
    arguments.add_argument("--changed", type=int, default=500)
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args()
    folder, port = Path(tempfile.mkdtemp()), free_port()
    moto = str(Path(sys.executable).with_name("moto_server"))
    peer = start_peer("moto_server", [moto, "-p", str(port)], {"MOTO_IAM_LOAD_MANAGED_POLICIES": "false"}, port)
    try:
        clients = [Client(start_garrison(folder / "home", "always")), Client(peer)]
        rounds = [
            {client.name: one_round(client, chosen.resources, chosen.changed) for client in clients}
            for _ in range(chosen.rounds)
        ]
    finally:
        environment = dict(os.environ) | {"GARRISON_HOME": str(folder / "home")}
        subprocess.run([sys.executable, "-m", "garrison", "down"], env=environment, check=False)
        if peer.process is not None:
            peer.process.kill()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{chosen.resources} resources; a change set of {chosen.changed}; medians of {chosen.rounds} rounds, seconds")
    targets = {"create": CREATE_SECONDS, "change one": UPDATE_SECONDS, "change set": CHANGE_SET_SECONDS}
    for what in ("create", "change one", "delete", "change set"):
        ours, theirs = (statistics.median(one[client.name][what] for one in rounds) for client in clients)
        target = f", asked for {targets[what]:.0f}" if what in targets else ""
        print(f"{what:12} Garrison {ours:6.2f}{target}   moto_server {theirs:6.2f}   {theirs / ours:5.2f}x")


if __name__ == "__main__":
    main()
