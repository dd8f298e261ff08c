"""What an operator may set: one typed record, read from `garrison.toml` in the home and from `GARRISON_*` variables."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

from garrison.errors import OperatorError

DEFAULT_PORT = 4600
FILE_NAME = "garrison.toml"

FsyncChoice = Literal["always", "interval", "never"]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting, its meaning and its default. `docs/settings.md` is generated from this class."""

    home: Annotated[str, Meta(description="The data directory; only `GARRISON_HOME` and `--home` set it.")]
    account_id: Annotated[
        str,
        Meta(pattern="^[0-9]{12}$", description="The 12-digit account id, drawn at random when the account is made."),
    ]
    region: Annotated[
        str, Meta(pattern="^[a-z]{2}(-[a-z]+)+-[0-9]$", description="The home region of the account.")
    ] = "us-east-1"
    bind: Annotated[str, Meta(description="The address to listen on. Anything but loopback needs TLS.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535, description="The port to listen on; 0 takes a free one.")] = DEFAULT_PORT
    workers: Annotated[int, Meta(ge=1, le=64, description="Gateway worker processes.")] = 1
    write_threads: Annotated[
        int, Meta(ge=1, le=64, description="Threads of a worker in which changes are committed.")
    ] = 4
    store_url: Annotated[
        str, Meta(description="Where state lives: empty for SQLite in the home, or `postgresql://…`.")
    ] = ""
    root_key_variable: Annotated[
        str,
        Meta(
            description="Name of an environment variable that holds the root key in base64; empty for `root.key` in the home."
        ),
    ] = ""
    fsync: Annotated[
        FsyncChoice,
        Meta(
            description="When the events of reading calls reach the disk: `always` before the answer leaves (one fsync for "
            "all answers waiting), `interval` at most a second later, `never` when the kernel sees fit. Changes and their "
            "events are always synced before the answer."
        ),
    ] = "always"
    tls_certificate: Annotated[
        str, Meta(description="Path of a PEM certificate chain; with `tls_key` turns TLS on.")
    ] = ""
    tls_key: Annotated[str, Meta(description="Path of the PEM key of `tls_certificate`.")] = ""
    tls: Annotated[bool, Meta(description="Serve TLS with a certificate made in the home when none is given.")] = False
    allowed_hosts: Annotated[
        tuple[str, ...],
        Meta(
            description="Host names that requests may name besides loopback, the bound address and amazonaws.com names."
        ),
    ] = ()
    max_body_bytes: Annotated[int, Meta(ge=1024, description="Largest request body; beyond it the answer is 413.")] = (
        8 * 1024 * 1024
    )
    max_header_bytes: Annotated[
        int, Meta(ge=1024, le=1024 * 1024, description="Largest sum of header bytes; beyond it the answer is 431.")
    ] = 64 * 1024
    client_timeout_seconds: Annotated[
        float, Meta(gt=0, description="How long a client may take to send its whole request.")
    ] = 30.0
    stop_timeout_seconds: Annotated[
        int, Meta(ge=1, description="How long a graceful stop waits for calls under way.")
    ] = 10
    retention_days: Annotated[
        int, Meta(ge=1, description="How long events stay findable by LookupEvents and in the journal.")
    ] = 90
    disk_ceiling_bytes: Annotated[
        int,
        Meta(
            ge=16 * 1024 * 1024, description="Size of journal and spools beyond which the oldest delivered events go."
        ),
    ] = 20 * 1024**3
    spool_ceiling_bytes: Annotated[
        int,
        Meta(
            ge=1024 * 1024,
            description="Undelivered spool bytes beyond which calls are refused with ServiceUnavailable.",
        ),
    ] = 1024**3
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="What the structured log shows.")
    ] = "info"
    settable_clock: Annotated[
        bool, Meta(description="Read the clock's offset from `clock` in the home. Only throw-away accounts allow it.")
    ] = False
    ephemeral: Annotated[
        bool, Meta(description="A throw-away account: its home goes away with the server and nothing is fsynced.")
    ] = False

    @property
    def home_path(self) -> Path:
        """The data directory."""
        return Path(self.home)

    @property
    def uses_tls(self) -> bool:
        """Whether the endpoint serves HTTPS."""
        return self.tls or bool(self.tls_certificate)

    @property
    def effective_store_url(self) -> str:
        """The store's URL, with SQLite in the home where none was set."""
        return self.store_url or f"sqlite:///{self.home_path / 'store.db'}"


_VARIABLE = re.compile(r"GARRISON_([A-Z_]+)")


def default_home() -> Path:
    """`$GARRISON_HOME`, else `~/.garrison`."""
    return Path(os.environ.get("GARRISON_HOME") or Path.home() / ".garrison").absolute()


def load_settings(home: Path, **overrides: Any) -> Settings:
    """The settings of a home: the file, then `GARRISON_*` variables, then `overrides`; raises `OperatorError`."""
    path = home / FILE_NAME
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise OperatorError(f"There is no account in {home}.", "Make one with `garrison up`.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path} is not TOML: {error}.", "Correct the file.") from None
    values.update(_from_environment())
    values.update({name: value for name, value in overrides.items() if value is not None})
    values["home"] = str(home)
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise OperatorError(f"A setting is wrong: {error}.", f"See docs/settings.md and correct {path}.") from None


def _from_environment() -> dict[str, Any]:
    names = get_type_hints(Settings)
    found: dict[str, Any] = {}
    for variable, text in os.environ.items():
        match = _VARIABLE.fullmatch(variable)
        if not match or match[1] in ("HOME", "SUITES"):
            continue
        name = match[1].lower()
        if name in names:
            found[name] = tuple(filter(None, text.split(","))) if name == "allowed_hosts" else text
    return found
