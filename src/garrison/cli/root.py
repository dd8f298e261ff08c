"""`garrison root`: the account's root user has no key until the operator makes one here, on the machine itself."""

from __future__ import annotations

from typing import Annotated

import typer

from garrison.cli import mfa, passwords
from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import emit, table
from garrison.cli.rooted import root_of
from garrison.runtime.home import write_private

application = typer.Typer(help="The account's root user. Use it for what only root can do.", no_args_is_help=True)


application.command("set-password")(passwords.set_root_password)
application.command("delete-password")(passwords.delete_root_password)
application.add_typer(mfa.root_application, name="mfa")


@application.command("create-key")
def create_key(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Make an access key for root and write it to `root-credentials` in the home (0600)."""
    with root_of(home) as (place, root):
        made = root.call("iam", "CreateAccessKey")["AccessKey"]
        path = place.path / "root-credentials"
        write_private(
            path,
            f"[root]\naws_access_key_id = {made['AccessKeyId']}\naws_secret_access_key = {made['SecretAccessKey']}\n",
        )
    emit(
        {"access_key_id": made["AccessKeyId"], "credentials": str(path)},
        as_json,
        f"Root's key {made['AccessKeyId']} is in {path}.\nDelete it when you are done: garrison root delete-key",
    )


@application.command("list-keys")
def list_keys(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List root's access keys."""
    with root_of(home) as (_, root):
        keys = root.call("iam", "ListAccessKeys")["AccessKeyMetadata"]
    if as_json:
        emit({"keys": keys}, True)
    else:
        rows = [[key["AccessKeyId"], key["Status"], key["CreateDate"].isoformat()] for key in keys]
        table("Root's access keys", ["Key", "Status", "Created"], rows)


@application.command("delete-key")
def delete_key(
    key_id: Annotated[str | None, typer.Argument(help="The access key id; without it, all of root's keys.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delete root's access keys and the file that holds them."""
    with root_of(home) as (place, root):
        found = [key["AccessKeyId"] for key in root.call("iam", "ListAccessKeys")["AccessKeyMetadata"]]
        deleted = found if key_id is None else [key_id]
        for each in deleted:
            root.call("iam", "DeleteAccessKey", AccessKeyId=each)
        if set(found) <= set(deleted):
            (place.path / "root-credentials").unlink(missing_ok=True)
    emit({"deleted": deleted}, as_json, f"Deleted {len(deleted)} of root's access keys.")
