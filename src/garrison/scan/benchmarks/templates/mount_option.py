"""An option of a mount."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, fails, named, not_applicable, passes
from garrison.scan.benchmarks.readers.mounts import mounts


@kind("mount_option")
def mount_option(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `mountpoint` is mounted, or will be, without `mountoption` (`nodev`, `hidepid=2`).

    Arguments: also `mountoption_arg_var`, the variable with the option's value; `mount_has_to_exist`: false has it fail where nothing
    is mounted there and nothing will be, otherwise the rule does not apply then. `filesystem` and `type` are for installers.
    """
    if host.is_image():
        return not_applicable("an image has no mounts of its own")
    point, option = arguments.text("mountpoint"), arguments.text("mountoption")
    if "mountoption_arg_var" in arguments:
        option = f"{option}={arguments.value(arguments.text('mountoption_arg_var'))}"
    found = host.once(mounts).at(point)
    if not found:
        said = f"{point} is not mounted by itself"
        return not_applicable(said) if arguments.flag("mount_has_to_exist", default=True) else fails(said)
    wrong = [one for one in found if option not in one.options]
    if wrong:
        return fails(named(f"{one.place}: {point} {','.join(sorted(one.options))}" for one in wrong))
    return passes(f"{found[0].place}: {point} has {option}")
