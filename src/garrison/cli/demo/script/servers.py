"""Throw-away servers of the story: each with a home in the temporary folder, a free port, and a clock that may be set."""

from __future__ import annotations

import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple

from garrison.cli.demo.calls import Caller, Endpoint, Key
from garrison.clock import ShiftedClock
from garrison.runtime.home import Home

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Account(NamedTuple):
    """A running account."""

    home: Home
    account: str
    endpoint: Endpoint
    administrator: Caller
    clock: ShiftedClock


@contextmanager
def throw_away_account(*, ago: timedelta = timedelta(0), **settings: Any) -> Iterator[Account]:
    """A server of an account that begins so long ago; nothing is left of it at the end."""
    from garrison.gateway.founding import found_account
    from garrison.runtime.ephemeral import make_home, remove_home
    from garrison.runtime.readiness import read_credentials
    from garrison.runtime.supervise import Server
    from garrison.setting_sources import load_settings

    home = make_home()
    server = None
    try:
        clock = _begin(home, ago, settings)
        found_account(home)
        loaded = load_settings(home.path, port=0, console_port=0)
        server = Server(loaded)
        with _interruptible():
            server.start()
        access_key_id, secret, region = read_credentials(home)
        endpoint = Endpoint(server.endpoint, region, clock)
        administrator = Caller(endpoint, Key(access_key_id, secret))
        yield Account(home, loaded.account_id, endpoint, administrator, clock)
    finally:
        if server is not None:
            server.stop()
        remove_home(home)


def _begin(home: Home, ago: timedelta, settings: dict[str, Any]) -> ShiftedClock:
    """Write the settings and set the clock, before there is an account."""
    from garrison.runtime.home import write_private

    values: dict[str, Any] = {
        "account_id": f"{secrets.randbelow(9 * 10**11) + 10**11}",
        "ephemeral": True,
        "settable_clock": True,
    }
    lines = [f"{name} = {_toml(value)}\n" for name, value in (values | settings).items()]
    write_private(home.settings_file, "".join(lines))
    clock = ShiftedClock(home.clock_file)
    clock.shift(-ago)
    return clock


def _toml(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else f'"{value}"'


@contextmanager
def _interruptible() -> Iterator[None]:
    """A server takes signals for itself; here Ctrl-C ends the story, and the server with it."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
