"""What `garrison up` says when the server is ready: where it is, how to use it, and what its account still lacks."""

from __future__ import annotations

import shlex
import sys

from garrison.cli.output import findings_table
from garrison.cli.posture import posture
from garrison.runtime.home import PROFILE, Home
from garrison.settings import Settings, default_home


def welcome(home: Home, settings: Settings, endpoint: str) -> None:
    """Print endpoint, credentials' place, three lines to paste, and the account's own security state."""
    sys.stdout.write(
        f"Garrison is ready.\n\n"
        f"  endpoint      {endpoint}\n"
        f"  account       {settings.account_id}, region {settings.region}\n"
        f"  home          {home.path}\n"
        f"  credentials   {home.credentials_file} (user administrator, readable by you only)\n\n"
        f"Paste these to use it:\n\n"
        f"  export AWS_SHARED_CREDENTIALS_FILE={shlex.quote(str(home.credentials_file))}\n"
        f"  export AWS_CONFIG_FILE={shlex.quote(str(home.config_file))}\n"
        f"  aws --profile {PROFILE} sts get-caller-identity\n\n"
    )
    if home.path != default_home():
        sys.stdout.write(
            f"And this one, so that garrison's own commands find this home:\n\n"
            f"  export GARRISON_HOME={shlex.quote(str(home.path))}\n\n"
        )
    sys.stdout.flush()
    findings_table("The account's own security", [(it.state, it.what, it.remedy) for it in posture(settings)])
