"""What `garrison doctor` says of the programs that rules of one's own may name: whether they can be run, and guarded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from garrison.cli.posture import ATTENTION, OK, Finding

if TYPE_CHECKING:
    from garrison.settings import Settings

CHECK = "custom-rules"
_HARMLESS = "/bin/true"


def examine_programs(settings: Settings) -> Finding:
    """The first thing that is wrong with the programs of `custom_rules`, or that nothing is."""
    if not settings.custom_rules:
        return Finding(CHECK, OK, "The settings name no programs for rules.", "")
    from garrison.confined import Confinement, Limits, NotConfined, Stopped, check_file, is_open_to_all

    try:
        Confinement(settings.custom_rules_may_lack).run((_HARMLESS,), b"", Limits(seconds=10))
    except (NotConfined, Stopped) as error:
        cause = f"The programs of custom_rules cannot run here: {error}."
        return Finding(CHECK, ATTENTION, cause, "Run Garrison as root, or set custom_rules_may_lack.")
    for name, rule in settings.custom_rules.items():
        path = rule.command[0]
        try:
            check_file(path)
        except (NotConfined, Stopped) as error:
            return Finding(CHECK, ATTENTION, f"{path} of custom_rules.{name}: {error}.", f"Correct {path}.")
        if os.geteuid() == 0 and not is_open_to_all(path):
            cause = f"{path} of custom_rules.{name} cannot be run by other users, and root runs it as another."
            return Finding(CHECK, ATTENTION, cause, f"chmod go+rx {path}, and its folders")
    return Finding(
        CHECK, OK, f"{len(settings.custom_rules)} programs for rules can be run, each kept from what it could harm.", ""
    )
