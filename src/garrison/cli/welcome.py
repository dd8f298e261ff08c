"""What `garrison up` says when the server is ready: where it is, how to use it, and what its account still lacks."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from garrison.cli.output import findings_table
from garrison.cli.posture import posture
from garrison.runtime.home import PROFILE, Home
from garrison.setting_sources import default_home
from garrison.settings import Settings


def welcome(home: Home, settings: Settings, endpoint: str, console: str | None) -> None:
    """Print endpoint, credentials' place, three lines to paste, and the account's own security state."""
    sys.stdout.write(
        f"Garrison is ready.\n\n"
        f"  endpoint      {endpoint}\n"
        + (f"  console       {console}\n" if console is not None else "")
        + f"  account       {settings.account_id}, region {settings.region}\n"
        f"  home          {home.path}\n"
        f"  credentials   {home.credentials_file} (user administrator, readable by you only)\n\n"
        f"Paste these to use it:\n\n"
        f"  export AWS_SHARED_CREDENTIALS_FILE={shlex.quote(str(home.credentials_file))}\n"
        f"  export AWS_CONFIG_FILE={shlex.quote(str(home.config_file))}\n"
        f"  aws --profile {PROFILE} sts get-caller-identity\n\n"
    )
    own = _lines_for_own_commands(home)
    if own:
        sys.stdout.write("And for garrison's own commands:\n\n" + "".join(f"  {line}\n" for line in own) + "\n")
    sys.stdout.flush()
    findings_table("The account's own security", [(it.state, it.what, it.remedy) for it in posture(settings)])


def get_ready() -> None:
    """Load what `welcome` and `assess_own` need, which is most of their time, while the server starts."""
    from garrison.assess import choose
    from garrison.rules import managed_rules
    from garrison.runtime.own_account import own_types
    from garrison.services.inside_reading import load_reader

    choose(managed_rules()).of_types(own_types())
    load_reader()


def assess_own(settings: Settings) -> None:
    """Judge the account by the managed rules that mean what it keeps, and say what fails."""
    from rich.console import Console

    from garrison.assess import assess, choose
    from garrison.cli.assessment_forms import show
    from garrison.clock import SystemClock
    from garrison.rules import managed_rules, needs
    from garrison.runtime.own_account import collect_own, own_types

    chosen = choose(managed_rules()).of_types(own_types())
    results = collect_own(settings, needs(chosen.rules))
    sys.stdout.write("\n")
    show(assess(chosen, results, at=SystemClock().now()), Console(), title="Judged by AWS Config's managed rules")
    sys.stdout.write(
        "\nMore of it: garrison assess --own --format html --output assessment.html\n"
        "This host's packages and settings, looked at when you say so: garrison scan /\n"
    )
    sys.stdout.flush()


def _lines_for_own_commands(home: Home) -> list[str]:
    """What a shell must be told so that it finds `garrison`, and `garrison` this home."""
    lines = []
    programs = Path(sys.executable).parent
    if shutil.which("garrison") is None and (programs / "garrison").exists():
        lines.append(f"export PATH={shlex.quote(str(programs))}:$PATH")
    if home.path != default_home():
        lines.append(f"export GARRISON_HOME={shlex.quote(str(home.path))}")
    return lines
