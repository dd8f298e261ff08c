"""`garrison-agent enrol | run | status`: the command line of the one file that hosts run."""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import sys
from pathlib import Path
from typing import Any

from garrison import __version__
from garrison.agent import calls, files, identity, limits
from garrison.agent.failures import AgentError
from garrison.agent.loop import STATE, Agent
from garrison.agent.scanning import SPOOL
from garrison.agent.server import Server

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; gives the exit code."""
    given = _parser().parse_args(arguments)
    os.umask(0o077)
    try:
        return int(given.command(given))
    except AgentError as problem:
        sys.stderr.write(f"garrison-agent: {problem}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def enrol(given: argparse.Namespace) -> int:
    """Have this host's new key certified for its invitation."""
    folder = given.folder.absolute()
    if given.keep and (folder / identity.KEY).exists():
        sys.stdout.write("This host is enrolled already.\n")
        return 0
    token = given.token or (given.token_file.read_text() if given.token_file else sys.stdin.readline())
    bundle = str(given.ca_bundle.absolute()) if given.ca_bundle else None
    server = Server(given.endpoint, bundle)
    if given.ca_fingerprint:
        files.make_folder(folder)
        pinned = folder / identity.CA
        files.write(pinned, server.certificate_with(given.ca_fingerprint).encode())
        server = Server(given.endpoint, str(pinned))
    name = _NOT_IN_NAMES.sub("-", given.name or socket.gethostname().partition(".")[0]).strip("-._")[:40]
    made = calls.enroll(
        folder, server, token.strip(), host_name=name, instance=given.instance_id, tags=_tags(given.tag)
    )
    text = f"{made.place.name} is enrolled. Its key is in {folder}, readable by its owner only."
    sys.stdout.write((json.dumps({"host": made.place.name, "folder": str(folder)}) if given.json else text) + "\n")
    return 0


def _tags(said: list[str]) -> dict[str, str]:
    """Tags as they are written: `role=web`."""
    tags = {key: value for key, sign, value in (one.partition("=") for one in said) if key and sign}
    if len(tags) != len(said):
        raise AgentError("A tag is written KEY=VALUE, each key once.")
    return tags


def run(given: argparse.Namespace) -> int:
    """Ask, scan and report, over and over."""
    limits.stay_low()
    agent = Agent(given.folder.absolute(), given.root)
    if given.once:
        code = 0 if agent.once() else 1
        if given.json:
            status(given)
        return code
    agent.run()
    return 0


def status(given: argparse.Namespace) -> int:
    """Say how the agent is doing."""
    folder = given.folder.absolute()
    known, state = identity.load(folder), files.read_json(folder / STATE)
    told: dict[str, Any] = {
        "host": known.place.name,
        "endpoint": known.place.endpoint,
        "certificate_expires_at": known.expires_at.isoformat(),
        "last_report": state.get("reported"),
        "reported_at": state.get("reported_at"),
        "is_report_waiting": (folder / SPOOL).exists(),
        "most_memory_bytes": state.get("most_memory_bytes"),
        "orders": state.get("orders"),
        "failure": state.get("failure") or state.get("scan_failure"),
    }
    if given.json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        sys.stdout.write("".join(f"{name.replace('_', ' ')}: {value}\n" for name, value in told.items()))
    return 1 if told["failure"] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("garrison-agent", description="Tells a Garrison server what is on this host.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True)
    for name, work in (("enrol", enrol), ("run", run), ("status", status)):
        command = commands.add_parser(name, help=work.__doc__, aliases=["enroll"] if name == "enrol" else [])
        command.add_argument("--folder", type=Path, default=files.default_folder(), help="The agent's own folder.")
        command.add_argument("--json", action="store_true", help="Print one JSON object instead of text.")
        command.set_defaults(command=work)
        if name == "enrol":
            _add_enrol(command)
        elif name == "run":
            command.add_argument("--once", action="store_true", help="One round, then end.")
            command.add_argument("--root", default="/", help="The root file system to scan.")
    return parser


def _add_enrol(command: argparse.ArgumentParser) -> None:
    command.add_argument("--endpoint", required=True, help="The server's URL.")
    command.add_argument("--token", help="The invitation; else from --token-file, else from standard input.")
    command.add_argument("--token-file", type=Path, help="A file that holds the invitation.")
    command.add_argument("--ca-bundle", type=Path, help="PEM: what the server's certificate leads to.")
    command.add_argument(
        "--ca-fingerprint", help="Or its SHA-256: the certificate is then taken from the server and kept."
    )
    command.add_argument("--name", default="", help="What a host of a group calls itself; else its host name.")
    command.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="A tag of this host, where the token lets it choose that key.",
    )
    command.add_argument("--instance-id", default="", help="The EC2 instance that it is.")
    command.add_argument("--keep", action="store_true", help="Do nothing where this host is enrolled already.")


if __name__ == "__main__":
    sys.exit(main())
