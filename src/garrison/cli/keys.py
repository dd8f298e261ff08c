"""`garrison keys`: rotate the administrator's access key and the root key that seals every secret."""

from __future__ import annotations

from typing import Annotated

import typer

from garrison.cli.options import HomeOption, JsonOption, existing_home
from garrison.cli.output import emit
from garrison.setting_sources import load_settings

application = typer.Typer(help="Rotate keys.", no_args_is_help=True)


@application.command("rotate")
def rotate(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Replace the administrator's access key: the new one is in `credentials` before the old ones go."""
    from garrison.gateway.founding import ADMINISTRATOR
    from garrison.gateway.local import local_caller
    from garrison.runtime.home import write_credentials
    from garrison.runtime.parts import open_parts

    place = existing_home(home)
    opened = open_parts(load_settings(place.path))
    try:
        with local_caller(opened) as root:
            old = root.call("iam", "ListAccessKeys", UserName=ADMINISTRATOR)["AccessKeyMetadata"]
            for key in old[1:]:
                root.call("iam", "DeleteAccessKey", UserName=ADMINISTRATOR, AccessKeyId=key["AccessKeyId"])
            made = root.call("iam", "CreateAccessKey", UserName=ADMINISTRATOR)["AccessKey"]
            write_credentials(place, made["AccessKeyId"], made["SecretAccessKey"])
            for key in old[:1]:
                root.call("iam", "DeleteAccessKey", UserName=ADMINISTRATOR, AccessKeyId=key["AccessKeyId"])
    finally:
        opened.close()
    emit(
        {"access_key_id": made["AccessKeyId"], "credentials": str(place.credentials_file)},
        as_json,
        f"The administrator's new key {made['AccessKeyId']} is in {place.credentials_file}; the old ones are gone.",
    )


@application.command("rotate-root")
def rotate_root(
    in_clear: Annotated[
        bool, typer.Option("--in-clear", help="Keep the new root key in its file in clear: to leave a token.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replace the root key and seal every secret anew; run it again after an interruption."""
    from garrison.runtime.rotation import rotate_root_key

    place = existing_home(home)
    count = rotate_root_key(load_settings(place.path), in_clear=in_clear)
    emit(
        {"resealed": count},
        as_json,
        f"Sealed {count} secrets under a new root key. A running server follows by itself; take a new backup.",
    )
