"""`garrison models`: let boto3 and the AWS CLI know Garrison's own service."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import emit
from garrison.models import MODELS

application = typer.Typer(help="The models of Garrison's own services.", no_args_is_help=True)


def customer_folder() -> Path:
    """Where botocore looks for models besides its own (botocore, `Loader.CUSTOMER_DATA_PATH`)."""
    return Path(os.path.expanduser("~")) / ".aws" / "models"


@application.command("install")
def install(
    folder: Annotated[Path | None, typer.Option("--folder", help="Else ~/.aws/models, where botocore looks.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the models to where boto3 and the AWS CLI find them: `boto3.client("garrison")`, `aws garrison who-can …`.

    They are the same for every account, so that `--home` makes no difference here.
    """
    place = folder or customer_folder()
    installed = []
    for model in sorted(MODELS.glob("*/*/*.json")):
        if not (model.parent / "service-2.json").exists():
            continue  # it adds to a model of botocore's what botocore cannot sign
        target = place / model.relative_to(MODELS)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(model, target)
        installed.append(str(target))
    emit({"installed": installed}, as_json, "\n".join(installed))
