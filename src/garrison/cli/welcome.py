"""What `garrison up` says when the server is ready: where it is, how to use it, and what its account still lacks."""

from __future__ import annotations

import sys

from garrison.cli.output import table
from garrison.cli.posture import posture
from garrison.runtime.home import PROFILE, Home
from garrison.settings import Settings


def welcome(home: Home, settings: Settings, endpoint: str) -> None:
    """Print endpoint, credentials' place, three lines to paste, and the account's own security state."""
    sys.stdout.write(
        f"Garrison is ready.\n\n"
        f"  endpoint      {endpoint}\n"
        f"  account       {settings.account_id}, region {settings.region}\n"
        f"  home          {home.path}\n"
        f"  credentials   {home.credentials_file} (user administrator, readable by you only)\n\n"
        f"Paste these to use it:\n\n"
        f"  export AWS_SHARED_CREDENTIALS_FILE={home.credentials_file}\n"
        f"  export AWS_CONFIG_FILE={home.config_file}\n"
        f"  aws --profile {PROFILE} sts get-caller-identity\n\n"
    )
    findings = posture(settings)
    rows = [[finding.state, finding.what, finding.remedy] for finding in findings]
    table("The account's own security", ["State", "What", "How to put it right"], rows)
    sys.stdout.flush()
