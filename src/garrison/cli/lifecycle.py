"""`garrison up` and `garrison down`: start and stop the server."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, BinaryIO, NoReturn

import typer

from garrison.cli.options import HomeOption, JsonOption, existing_home, home_of
from garrison.cli.output import Exit, emit, fail
from garrison.errors import GarrisonError, OperatorError
from garrison.reaching import is_this_machine
from garrison.runtime.home import Home
from garrison.setting_sources import load_settings
from garrison.settings import Settings

_DETACH_SECONDS = 75.0
_POLL_SECONDS = 0.05


def up(
    home: HomeOption = None,
    port: Annotated[int | None, typer.Option(help="The port; 0 takes a free one. Default 4600.")] = None,
    bind: Annotated[str | None, typer.Option(help="The address to listen on; beyond loopback TLS is needed.")] = None,
    tls: Annotated[bool | None, typer.Option("--tls", help="Serve TLS with a certificate made in the home.")] = None,
    console_port: Annotated[
        int | None, typer.Option(help="The web console's port; 0 for none. Default the one after the port.")
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Gateway worker processes.")] = None,
    detach: Annotated[bool, typer.Option("--detach", help="Run in the background.")] = False,
    ephemeral: Annotated[
        bool, typer.Option("--ephemeral", help="A throw-away account in a temporary home, removed at the end.")
    ] = False,
    settable_clock: Annotated[
        bool,
        typer.Option("--settable-clock", help="With --ephemeral: take the clock's offset from `clock` in the home."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Start the server, making the account first where there is none."""
    if settable_clock and not ephemeral:
        raise OperatorError("Only a throw-away account has a settable clock.", "Add --ephemeral.")
    if detach and ephemeral and home is None:
        raise OperatorError("An ephemeral server in the background needs a home to be found by.", "Give --home.")
    overrides = {"port": port, "bind": bind, "tls": tls, "workers": workers, "console_port": console_port}
    place = _place(home, ephemeral=ephemeral)
    serve = partial(_run, place, overrides, ephemeral, settable_clock, is_named=home is not None)
    if detach:
        _detach(place, partial(serve, True), as_json)
    else:
        serve(as_json)


def _place(home: Path | None, *, ephemeral: bool) -> Home:
    if home is not None or not ephemeral:
        return home_of(home)
    from garrison.runtime.ephemeral import make_home

    return make_home()


def _prepare(home: Home, overrides: dict[str, Any], *, ephemeral: bool, settable_clock: bool) -> Settings:
    """Make the account where there is none and give the settings to serve it with."""
    if home.exists:
        home.check_version()
        home.check_private()
    else:
        from garrison.gateway.founding import found_account

        throw_away = {"ephemeral": True, "settable_clock": settable_clock} if ephemeral else {}
        found_account(home, **throw_away)
    settings = load_settings(home.path, **overrides)
    if ephemeral and not settings.ephemeral:
        raise OperatorError(f"{home.path} holds an account to keep.", "Leave --ephemeral away, or name a new --home.")
    from garrison.runtime.formats import check_formats

    check_formats(settings)
    if not is_this_machine(settings.bind) and not settings.uses_tls:
        raise OperatorError(
            f"Binding {settings.bind} would send credentials' signatures and answers over the network in clear.",
            "Add --tls, or set tls_certificate and tls_key in garrison.toml.",
        )
    return settings


def _run(
    home: Home, overrides: dict[str, Any], ephemeral: bool, settable_clock: bool, as_json: bool, *, is_named: bool
) -> None:
    from garrison.runtime.logs import configure_logs
    from garrison.runtime.supervise import Server, StartInterrupted

    is_throw_away = ephemeral and not is_named  # a named folder may hold anything, until its settings say otherwise
    server = None
    try:
        settings = _prepare(home, overrides, ephemeral=ephemeral, settable_clock=settable_clock)
        is_throw_away = is_throw_away or settings.ephemeral
        configure_logs(settings.log_level)
        server = Server(settings)
        server.start()
        _say_ready(home, settings, server.endpoint, server.console, os.getpid(), as_json)
        server.watch()
    except StartInterrupted:
        pass
    finally:
        if server is not None:
            server.stop()
        if is_throw_away and (server is not None or not is_named):
            from garrison.runtime.ephemeral import remove_home

            remove_home(home)


def _say_ready(
    home: Home, settings: Settings, endpoint: str, console: str | None, supervisor: int, as_json: bool
) -> None:
    if as_json:
        emit({"endpoint": endpoint, "console": console, "home": str(home.path), "supervisor": supervisor}, True)
    else:
        from garrison.cli.welcome import welcome

        welcome(home, settings, endpoint, console)


def _detach(home: Home, serve: Callable[[], None], as_json: bool) -> None:
    """Serve in the background and wait until it is ready."""
    from garrison.runtime.running import running_server

    if not (running_server(home) if home.exists else None):
        process, log = _start_in_background(home, serve)
        with log:
            if not as_json:
                from garrison.cli.welcome import get_ready

                get_ready()
            _wait_for(home, process, log)
    else:
        _wait_for(home, None, None)
    running = running_server(home)
    if running is None or not running["endpoint"]:
        raise OperatorError("The server ended again.", f"Read {home.log_file}, or run `garrison doctor`.")
    settings = load_settings(home.path, tls=running["endpoint"].startswith("https:") or None)
    _say_ready(home, settings, running["endpoint"], running["console"], running["supervisor"], as_json)
    if not as_json:
        _assess(settings)


def _assess(settings: Settings) -> None:
    """Say what is wrong with the account; the server is up, whatever becomes of this."""
    from garrison.cli.welcome import assess_own

    try:
        assess_own(settings)
    except GarrisonError as error:
        sys.stdout.write(f"The account could not be assessed: {error}\n")


def _start_in_background(home: Home, serve: Callable[[], None]) -> tuple[int, BinaryIO]:
    """The process that serves, and its log, to be read from where it begins to write: a throw-away home takes the file's name with it."""
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(home.log_file, "ab", opener=_private) as log, open(os.devnull, "rb") as nothing:
            written = open(home.log_file, "rb")  # noqa: SIM115 - the caller closes it
            written.seek(log.tell())
            sys.stdout.flush()
            sys.stderr.flush()
            process = os.fork()  # not a program of its own: everything is loaded already
            if not process:
                _become_server(serve, nothing.fileno(), log.fileno())
    except OSError as error:
        raise OperatorError(
            f"The data directory {home.path} cannot be written: {error.strerror}.", "Choose another with --home."
        ) from None
    return process, written


def _become_server(serve: Callable[[], None], nothing: int, log: int) -> NoReturn:
    """Serve away from the terminal; the cause of a failure is the last thing in the log."""
    code = int(Exit.FAILED)
    try:
        os.setsid()
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        serve()
        code = int(Exit.OK)
    except OperatorError as error:
        code = fail(error.cause, error.remedy, True)
    except Exception:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _wait_for(home: Home, process: int | None, log: BinaryIO | None) -> None:
    """Wait until the server is ready; raises `OperatorError` with the cause that it wrote last."""
    from garrison.runtime.running import running_server

    deadline = time.monotonic() + _DETACH_SECONDS
    while time.monotonic() < deadline:
        running = running_server(home)
        if running and running["endpoint"]:
            return
        if process is not None and log is not None and os.waitpid(process, os.WNOHANG)[0]:
            raise _failure_in(log.read().decode(errors="replace"))
        if process is None and running is None:
            return
        time.sleep(_POLL_SECONDS)
    raise OperatorError("The server did not become ready.", f"Read {home.log_file}, or run `garrison doctor`.")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _failure_in(text: str) -> OperatorError:
    """The cause and remedy that a failed start wrote last."""
    from garrison import codec

    for line in reversed(text.strip().splitlines()):
        try:
            said = codec.decode(line)
            return OperatorError(said["error"], said["remedy"])
        except (ValueError, KeyError, TypeError):
            continue
    return OperatorError("The server ended at once.", text.strip()[-2000:] or "Run it without --detach to see why.")


def down(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Stop the server of a home gracefully."""
    from garrison.runtime.running import running_server

    place = existing_home(home)
    running = running_server(place)
    if running is None or running["supervisor"] is None:
        raise typer.Exit(
            fail(f"No server runs on {place.path}.", "Start one with `garrison up`.", as_json, Exit.NOT_RUNNING)
        )
    os.kill(running["supervisor"], signal.SIGTERM)
    deadline = time.monotonic() + load_settings(place.path).stop_timeout_seconds * 3
    while (found := running_server(place)) is not None and found["supervisor"] == running["supervisor"]:
        if time.monotonic() > deadline:
            raise OperatorError("The server does not stop.", f"End process {running['supervisor']} by hand.")
        time.sleep(_POLL_SECONDS)
    emit({"stopped": True, "home": str(place.path)}, as_json, f"Stopped the server of {place.path}.")
