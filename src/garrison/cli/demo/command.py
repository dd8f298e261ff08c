"""`garrison demo`: an account with life in it, for those who have just cloned Garrison."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from garrison.cli.options import HomeOption, JsonOption, existing_home
from garrison.cli.output import Exit, emit, fail, plain, table
from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.cli.demo.calls import Caller, Endpoint, Key
    from garrison.cli.demo.filling import Played
    from garrison.cli.demo.made import Made
    from garrison.cli.demo.stage import Stage
    from garrison.runtime.home import Home

_SEED = 1
_MOST_NAMED = 5


def demo(
    remove: Annotated[bool, typer.Option("--remove", help="Take away what the demo made, and nothing else.")] = False,
    script: Annotated[
        bool, typer.Option("--script", help="Tell a story in seven chapters on throw-away servers; leaves nothing.")
    ] = False,
    pause: Annotated[bool, typer.Option("--pause", help="With --script: wait for Enter before each chapter.")] = False,
    seed: Annotated[
        int, typer.Option("--seed", help="Another one makes other traffic; passwords are always new.")
    ] = _SEED,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fill a new account by real calls: people, an attack in progress, drift. Refuses on an account in use."""
    if script:
        _tell_story(as_json, pauses=pause)
        return
    place = existing_home(home)
    endpoint, key, console = _served(place, as_json)
    if remove:
        _remove(place, endpoint, key, as_json)
    else:
        _fill(place, endpoint, key, seed, console, as_json)


def _tell_story(as_json: bool, *, pauses: bool) -> None:
    from garrison.cli.demo.script import tell
    from garrison.cli.demo.script.narration import Narrator
    from garrison.runtime.logs import configure_logs

    configure_logs("error")  # the servers' own words would come between the lines
    narrator = Narrator(silent=as_json, pauses=pauses)
    told = tell(narrator)
    seconds = sum(each.seconds for each in told)
    narrator.say(f"\nThat was all, in {seconds:.0f} seconds. Nothing of it is left.")
    chapters = [{"title": each.title, "seconds": round(each.seconds, 1), "facts": each.facts} for each in told]
    emit({"chapters": chapters, "seconds": round(seconds, 1)}, as_json)


def _served(home: Home, as_json: bool) -> tuple[Endpoint, Key, str | None]:
    """The server that runs on the home, the administrator's key, and the console's URL where there is one."""
    from garrison.cli.demo.calls import Endpoint, Key
    from garrison.runtime.clocks import open_clock
    from garrison.runtime.readiness import read_credentials
    from garrison.runtime.running import running_server
    from garrison.runtime.tls import authority
    from garrison.setting_sources import load_settings

    running = running_server(home)
    if running is None or not running["endpoint"]:
        cause = f"No server runs on {home.path}, and the demo is made of calls."
        raise typer.Exit(fail(cause, "Start one with `garrison up --detach`.", as_json, Exit.NOT_RUNNING))
    settings = load_settings(home.path, tls=running["endpoint"].startswith("https:") or None)
    access_key_id, secret, region = read_credentials(home)
    trusted = authority(settings)
    endpoint = Endpoint(running["endpoint"], region, open_clock(settings), str(trusted) if trusted else None)
    return endpoint, Key(access_key_id, secret), running["console"]


def _fill(home: Home, endpoint: Endpoint, key: Key, seed: int, console: str | None, as_json: bool) -> None:
    from random import Random

    from garrison.cli.demo.calls import Caller
    from garrison.cli.demo.filling import ACTS, fill
    from garrison.cli.demo.made import Made
    from garrison.cli.demo.stage import Stage

    caller, made = Caller(endpoint, key), Made(home.path)
    _check_unused(caller, made, home)
    account = caller.call("sts", "GetCallerIdentity")["Account"]
    with _status(as_json) as say:
        stage = Stage(home.path, account, endpoint, caller, made, Random(seed), say)
        played = []
        for number, act in enumerate(fill(stage), 1):
            played.append(act)
            if not as_json:
                sys.stdout.write(f"[{number}/{len(ACTS)}] {act.name}: {act.what} ({act.seconds:.1f} s)\n")
                sys.stdout.flush()
    _tell(stage, played, console, as_json)


def _check_unused(caller: Caller, made: Made, home: Home) -> None:
    """Refuse an account that somebody uses, or that a demo was in before."""
    from garrison.cli.demo.in_use import what_is_there

    things = list(made)
    if any(thing.undo for thing in things):
        raise OperatorError(
            "The demo was in this account already, to its end or not.",
            "`garrison demo --remove` takes away what it made; then it can be run again.",
        )
    if found := what_is_there(caller, frozenset((thing.kind, thing.name) for thing in things)):
        more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise OperatorError(
            f"The account in {home.path} is in use: {', '.join(found[:_MOST_NAMED])}{more}.",
            "The demo wants one of its own: garrison up --home ~/.garrison-demo --port 4700 --detach && "
            "garrison demo --home ~/.garrison-demo",
        )


def _tell(stage: Stage, played: list[Played], console: str | None, as_json: bool) -> None:
    """Say what there is now, and the passwords, which nobody can be told again."""
    kinds = Counter(thing.kind for thing in stage.made)
    value = {
        "endpoint": stage.endpoint.url,
        "console": console,
        "account": stage.account,
        "acts": [{"name": each.name, "what": each.what, "seconds": round(each.seconds, 1)} for each in played],
        "made": dict(kinds),
        "users": stage.sign_in,
    }
    if as_json:
        emit(value, True)
        return
    rows = [[each["user"], each["password"], each.get("mfa_seed", "-")] for each in stage.sign_in]
    table(f"Who may sign in to account {stage.account} (shown this once)", ["User", "Password", "MFA seed"], rows)
    sys.stdout.write(
        f"\nConsole: {console or '-'}\nEndpoint: {stage.endpoint.url}\nAll of it goes again with: garrison demo --remove\n"
    )
    sys.stdout.flush()


def _remove(home: Home, endpoint: Endpoint, key: Key, as_json: bool) -> None:
    from garrison.cli.demo.calls import Caller
    from garrison.cli.demo.made import Made, Thing
    from garrison.cli.demo.removal import Removal

    made, gone = Made(home.path), []
    with _status(as_json) as say:

        def told(thing: Thing, reason: str) -> None:
            say(f"{thing.kind} {thing.name}")
            if not reason:
                gone.append(thing)

        failed = Removal(Caller(endpoint, key), home.path, told).remove(made)
    left = [{"kind": thing.kind, "name": thing.name, "reason": reason} for thing, reason in failed]
    lines = [f"{len(gone)} things are gone."]
    lines += [f"{one['kind']} {one['name']} stays: {one['reason']}" for one in left]
    emit({"removed": len(gone), "left": left, "stays": [thing.name for thing in made]}, as_json, "\n".join(lines))
    if failed:
        raise typer.Exit(Exit.ATTENTION)


@contextmanager
def _status(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Shows what is being done now, where somebody looks."""
    if quiet or not sys.stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as shown:
        yield lambda text: shown.update(plain(f"{text} …"))
