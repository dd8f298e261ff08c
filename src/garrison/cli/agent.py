"""`garrison agent`: invite hosts, say what they scan, write how to install the agent; and on the hosts be the agent."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import emit
from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.runtime.home import Home

application = typer.Typer(help="What runs on hosts and tells what is on them.", no_args_is_help=True)
_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

FILE = "garrison-agent.pyz"


@application.command("invite")
def invite(
    name: Annotated[str, typer.Argument(help="The host's name; with --count the group's.")],
    count: Annotated[
        int | None, typer.Option("--count", min=1, max=10000, help="For so many hosts of a group.")
    ] = None,
    source: Annotated[list[str] | None, typer.Option("--from", help="A CIDR block from which it is good.")] = None,
    minutes: Annotated[int, typer.Option("--minutes", min=1, max=10080, help="How long the token is good.")] = 60,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="KEY=VALUE: a tag of each host.")] = None,
    let_tag: Annotated[
        list[str] | None, typer.Option("--let-tag", help="The key of a tag that a host may choose itself.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token with which hosts enroll. Run this where the server is; the role that hosts get is made with the first."""
    from garrison.cli.agent_role import profile_of
    from garrison.cli.rooted import root_of

    with root_of(home) as (place, root):
        profile, role = profile_of(root)
        asked: dict[str, Any] = {"Name": name, "ProfileArn": profile, "RoleArn": role}
        asked |= {"ExpiresInSeconds": minutes * 60, "SourceAddresses": source or []}
        asked |= {"Tags": _tags(tag or []), "AllowedTagKeys": let_tag or []}
        made = root.call("garrison", "CreateHostInvitation", **asked | ({"Count": count} if count else {}))
        profile_of(root)  # by now there is the authority that the role's trust names
        fingerprint = fingerprint_of(place.path)
    shown = {
        "name": name,
        "token": made["Token"],
        "expires_at": made["ExpiresAt"].isoformat(),
        "ca_fingerprint": fingerprint,
    }
    pin = f" --ca-fingerprint {fingerprint}" if fingerprint else ""
    emit(
        shown,
        as_json,
        f"Good until {made['ExpiresAt']:%Y-%m-%d %H:%M} UTC"
        + (f" for {count} hosts" if count else "")
        + f". On the host, with {FILE} from `garrison agent build`:\n\n"
        f"  python3 {FILE} enrol --endpoint URL{pin} --token {made['Token']}\n  python3 {FILE} run\n\n"
        "`garrison agent install` writes this for many hosts.",
    )


@application.command("job")
def job(
    host: Annotated[str | None, typer.Argument(help="The host; all where it is left out.")] = None,
    every: Annotated[int | None, typer.Option("--every", min=5, max=10080, help="Minutes between two scans.")] = None,
    poll: Annotated[
        int | None, typer.Option("--poll", min=1, max=1440, help="Minutes until a host asks again.")
    ] = None,
    parts: Annotated[str, typer.Option("--parts", help="inventory, languages, benchmarks, with commas between.")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what hosts scan, and how often."""
    from garrison.cli.options import words
    from garrison.cli.rooted import root_of

    asked: dict[str, Any] = {"Host": host} if host else {}
    asked |= {"ScanSeconds": every * 60} if every else {}
    asked |= {"PollSeconds": poll * 60} if poll else {}
    asked |= {"Parts": [word.upper() for word in words(parts)]} if parts else {}
    with root_of(home) as (_, root):
        made = root.call("garrison", "PutHostJob", **asked)["Job"]
    every_minutes = made["ScanSeconds"] // 60
    said = f"{host or 'All hosts'}: {', '.join(made['Parts']).lower()} every {every_minutes} minutes."
    emit({"host": host, "job": made}, as_json, said)


@application.command("scan")
def scan(
    host: Annotated[str, typer.Argument(help="The host.")], home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Have a host scan as soon as it asks next."""
    from garrison.cli.rooted import root_of

    with root_of(home) as (_, root):
        root.call("garrison", "StartHostScan", Host=host)
    emit({"host": host}, as_json, f"{host} scans when it asks next what to do.")


@application.command("tag")
def tag(
    host: Annotated[str, typer.Argument(help="The host.")],
    tags: Annotated[list[str] | None, typer.Argument(help="KEY=VALUE …")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", help="The key of a tag to take.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a host tags, by which assessments choose it, or take them."""
    from garrison.cli.rooted import root_of

    if not tags and not remove:
        raise OperatorError("There is no tag to give or to take.", "Write KEY=VALUE, or --remove KEY.")
    with root_of(home) as (_, root):
        made = root.call("garrison", "UntagHost", Host=host, TagKeys=remove) if remove else {}
        made = root.call("garrison", "TagHost", Host=host, Tags=_tags(tags)) if tags else made
    shown = {one["Key"]: one["Value"] for one in made["Tags"]}
    said = ", ".join(f"{key}={value}" for key, value in shown.items()) or "no tags"
    emit({"host": host, "tags": shown}, as_json, f"{host}: {said}.")


def _tags(said: list[str]) -> list[dict[str, str]]:
    """Tags as they are written: `role=web`."""
    split = [one.partition("=") for one in said]
    if not all(key and sign for key, sign, _ in split):
        raise OperatorError("A tag is written KEY=VALUE.", "As in --tag role=web.")
    return [{"Key": key, "Value": value} for key, _, value in split]


@application.command("build")
def build(
    output: Annotated[Path, typer.Option("--output", help="Where to write it.")] = Path(FILE),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the agent as one file, which any Python from 3.11 on runs; the same bytes each time."""
    from garrison.agent.building import build as built

    content = built()
    try:
        output.write_bytes(content)
        output.chmod(0o755)
    except OSError as problem:
        raise OperatorError(f"{output} cannot be written: {problem.strerror}.", "Name another place.") from None
    digest = hashlib.sha256(content).hexdigest()
    emit(
        {"file": str(output), "bytes": len(content), "sha256": digest},
        as_json,
        f"{output}: {len(content)} bytes, SHA-256 {digest}.",
    )


@application.command("install")
def install(
    kind: Annotated[
        str, typer.Option("--format", help="systemd, userdata, cloudformation, ansible, puppet, salt, chef.")
    ],
    endpoint: Annotated[str | None, typer.Option("--endpoint", help="The server's URL as hosts reach it.")] = None,
    fingerprint: Annotated[
        str | None, typer.Option("--ca-fingerprint", help="SHA-256 to pin; else that of this home's certificate.")
    ] = None,
    token: Annotated[str, typer.Option("--token", help="The invitation's, for user data.")] = "",
    token_file: Annotated[Path | None, typer.Option("--token-file", help="A file that holds it.")] = None,
    python: Annotated[str, typer.Option("--python", help="Python 3.11 or later on the hosts.")] = "/usr/bin/python3",
    output: Annotated[
        Path | None, typer.Option("--output", help="The folder to write to; a single file goes to standard output.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write what installs the agent on hosts, for a tool of yours."""
    from garrison.agent.failures import AgentError
    from garrison.agent.server import read_fingerprint
    from garrison.cli.options import home_of
    from garrison.cli.recipes import FORMATS, Wanted, write

    if kind not in FORMATS:
        raise OperatorError(f"There is no format {kind}.", f"Give one of {', '.join(FORMATS)}.")
    place = home_of(home)
    url = endpoint or _endpoint_of(place)
    if url is None:
        raise OperatorError("No server runs on this home that tells its URL.", "Give --endpoint.")
    try:
        pin = read_fingerprint(fingerprint) if fingerprint else (fingerprint_of(place.path) or "")
    except AgentError as problem:
        raise OperatorError(str(problem), "Give the one that `garrison agent invite --json` tells.") from None
    given = token_file.read_text().strip() if token_file else token
    made = write(
        kind, Wanted(endpoint=url, fingerprint=pin if url.startswith("https:") else "", token=given, python=python)
    )
    if output is None and len(made) == 1:
        sys.stdout.write(next(iter(made.values())).decode())
        return
    folder = output or Path(f"garrison-agent-{kind}")
    for name, content in made.items():
        _put(folder / name, content)
    written = sorted(str(folder / name) for name in made)
    emit({"files": written}, as_json, "\n".join(written))


def _pass_on(command: str, context: typer.Context, as_json: bool) -> None:
    from garrison.agent.__main__ import main

    raise typer.Exit(main([command, *context.args, *(["--json"] if as_json else [])]))


@application.command("enrol", context_settings=_PASSED_ON)
def enrol(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Enroll this host with an invitation's token: `garrison agent enrol --help`."""
    _pass_on("enrol", context, as_json)


@application.command("run", context_settings=_PASSED_ON)
def run(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Ask, scan and report, over and over: `garrison agent run --help`."""
    _pass_on("run", context, as_json)


@application.command("status", context_settings=_PASSED_ON)
def status(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Say how this host's agent is doing: `garrison agent status --help`."""
    _pass_on("status", context, as_json)


def fingerprint_of(home: Path) -> str | None:
    """The SHA-256 of the server's certificate, or of the authority that the operator has put behind it; None without TLS."""
    import ssl

    path = home / "tls" / "certificate.pem"
    if not path.exists():
        return None
    last = path.read_text().rstrip().rpartition("-----BEGIN CERTIFICATE-----")
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(last[1] + last[2])).hexdigest()


def _put(path: Path, content: bytes) -> None:
    """Write a file that its owner alone reads: it may hold a token."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(content)
        if path.suffix == ".sh":
            path.chmod(0o700)
    except OSError as problem:
        raise OperatorError(f"{path} cannot be written: {problem.strerror}.", "Name another folder.") from None


def _endpoint_of(place: Home) -> str | None:
    from garrison.runtime.running import running_server

    running = running_server(place) if place.exists else None
    return running["endpoint"] if running else None
