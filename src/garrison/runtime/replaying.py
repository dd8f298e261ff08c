"""The process that runs replays: away from the one that sequences events, since a replay keeps a processor busy for long."""

from __future__ import annotations

import os
import time

from garrison import services
from garrison.journal import Journal
from garrison.runtime.logs import configure_logs
from garrison.runtime.memory import leave_no_dump
from garrison.runtime.parts import open_parts
from garrison.runtime.processes import die_with_parent
from garrison.services.background import Workplace
from garrison.services.garrison.replays.running import run_replays
from garrison.setting_sources import default_home, load_settings

_NICE = 5
_LINGERS_SECONDS = 10.0
"""How long it waits for one more replay before it ends: people try a draft again and again."""
_LOOK_SECONDS = 0.1


def main() -> None:
    """Run every replay that waits, and end. The home is named by `GARRISON_HOME`."""
    leave_no_dump()
    die_with_parent()
    os.nice(_NICE)
    settings = load_settings(default_home())
    configure_logs(settings.log_level)
    for name in services.REGISTERED:
        services.load(name)
    opened = open_parts(settings)
    try:
        place = Workplace(opened.parts, opened.clock, Journal(opened.home.journal), opened.home.path)
        ends_at = time.monotonic() + _LINGERS_SECONDS
        while time.monotonic() < ends_at:
            if run_replays(place):
                ends_at = time.monotonic() + _LINGERS_SECONDS
            time.sleep(_LOOK_SECONDS)
    finally:
        opened.close()


if __name__ == "__main__":
    main()
