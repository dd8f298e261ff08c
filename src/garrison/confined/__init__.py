"""Programs and policies that others wrote, run so that they can harm nothing: as another user, without network, within limits.

    confinement = Confinement(may_lack=settings.custom_rules_may_lack)
    finished = confinement.run(("/opt/rules/check",), b'{"invokingEvent": …}', Limits(seconds=30))

    with GuardPool() as pool:
        judged = pool.judge(policy, configuration_item)

Nothing of it runs in the process that asks. What a program is kept from is told by `launcher`.
"""

from __future__ import annotations

from garrison.confined.failures import NotConfined, Stopped
from garrison.confined.guard import GuardPool, GuardRefused, is_guard_installed
from garrison.confined.limits import Limits
from garrison.confined.program_files import check_file, is_open_to_all
from garrison.confined.running import Confinement, Finished

__all__ = [
    "Confinement",
    "Finished",
    "GuardPool",
    "GuardRefused",
    "Limits",
    "NotConfined",
    "Stopped",
    "check_file",
    "is_guard_installed",
    "is_open_to_all",
]
