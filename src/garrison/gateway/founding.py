"""Make a new account: its root key, its settings, its first administrator; safe to run again after a crash."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from garrison.errors import OperatorError
from garrison.gateway.local import local_caller
from garrison.runtime.home import LAYOUT_VERSION, Home, write_credentials, write_private
from garrison.runtime.parts import Opened, open_parts
from garrison.runtime.root_key import wrapping_of
from garrison.services.iam.resources import Account, User
from garrison.setting_sources import load_settings
from garrison.settings import Settings
from garrison.store import RootKey

ADMINISTRATOR = "administrator"
_ADMINISTRATOR_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"


def found_account(home: Home, **settings: Any) -> Settings:
    """Make the account of a home that has none, and give its settings. `settings` are written to `garrison.toml`."""
    _make_folder(home.path)
    if not home.settings_file.exists():
        values = {"account_id": f"{secrets.randbelow(9 * 10**11) + 10**11}", **settings}
        write_private(
            home.settings_file,
            "".join(f"{name} = {_toml(value)}\n" for name, value in values.items()),
        )
    loaded = load_settings(home.path)
    if not loaded.root_key_variable and not home.root_key_file.exists():
        if (home.path / "store.db").exists():
            raise OperatorError(
                f"{home.root_key_file} is missing, but {home.path} holds a store that it seals.",
                "Put the root key back from its backup; nothing was changed.",
            )
        RootKey.create_file(home.root_key_file, wrapping_of(loaded))
    opened = open_parts(loaded)
    try:
        _make_administrator(opened)
    finally:
        opened.close()
    write_private(home.version_file, f"{LAYOUT_VERSION}\n")
    return loaded


def _make_administrator(opened: Opened) -> None:
    """The account item and the user `administrator` with a key in `credentials`, each step recorded as root's call."""
    account, store = opened.settings.account_id, opened.parts.store
    with store.reading(account, "global") as unit:
        has_account = unit.get(Account, account) is not None
        has_user = unit.get(User, ADMINISTRATOR) is not None
    if not has_account:
        with store.writing(account, "global", event_id=None, at=opened.clock.now()) as unit:
            unit.add(Account(account=account, created_at=opened.clock.now()))
    with local_caller(opened) as root:
        if not has_user:
            root.call("iam", "CreateUser", UserName=ADMINISTRATOR)
        root.call(
            "iam",
            "AttachUserPolicy",
            UserName=ADMINISTRATOR,
            PolicyArn=_ADMINISTRATOR_POLICY,
        )
        for key in root.call("iam", "ListAccessKeys", UserName=ADMINISTRATOR)["AccessKeyMetadata"]:
            root.call(
                "iam",
                "DeleteAccessKey",
                UserName=ADMINISTRATOR,
                AccessKeyId=key["AccessKeyId"],
            )
        made = root.call("iam", "CreateAccessKey", UserName=ADMINISTRATOR)["AccessKey"]
    write_credentials(opened.home, made["AccessKeyId"], made["SecretAccessKey"])


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OperatorError(
            f"The data directory {path} cannot be made: {error.strerror}.",
            "Choose another with --home.",
        ) from None
    home = Home(path)
    found = {item for item in path.iterdir() if item != home.log_file}
    if found and not home.settings_file.exists():
        raise OperatorError(
            f"{path} is not empty and is not a Garrison home.",
            "Choose another with --home.",
        )


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name} = {_toml(item)}' for name, item in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_toml(str(key))} = {_toml(each)}' for key, each in value.items())}}}"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
