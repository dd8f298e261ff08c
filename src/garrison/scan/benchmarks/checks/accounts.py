"""Who has an account, with which rights and which secrets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import BadRule, Outcome, decided, fails, named, not_applicable, passes, shown
from garrison.scan.benchmarks.readers import accounts, audit
from garrison.scan.roots.root import Kind

_LISTS: dict[str, Callable[[Host], list[tuple[str, str]]]] = {
    "uid": lambda host: [(str(user.uid), user.place) for user in host.once(accounts.users)],
    "user": lambda host: [(user.name, user.place) for user in host.once(accounts.users)],
    "gid": lambda host: [(str(group.gid), group.place) for group in host.once(accounts.groups)],
    "group": lambda host: [(group.name, group.place) for group in host.once(accounts.groups)],
}


def people(host: Host) -> Iterator[accounts.Account]:
    """Accounts that somebody may sign in with, root aside."""
    first = audit.first_user(host)
    return (
        user for user in host.once(accounts.users) if user.uid >= first and user.may_sign_in and user.name != "nobody"
    )


@kind("empty_passwords")
def empty_passwords(host: Host, _arguments: Arguments) -> Outcome:
    """Fails for an account that needs no password, or whose hash stands in /etc/passwd for all to read. No arguments."""
    empty = [user for user in host.once(accounts.shadow) if user.password.is_empty]
    if empty:
        return fails(named(f"{user.place}: {user.name} needs no password" for user in empty))
    wrong = [user for user in host.once(accounts.users) if user.password.shown in ("", "hash")]
    return decided(
        not wrong,
        named(f"{user.place}: {user.name}'s password is not shadowed" for user in wrong)
        or "every password is set or locked",
    )


@kind("only_root_is_root")
def only_root_is_root(host: Host, _arguments: Arguments) -> Outcome:
    """Fails for an account other than root with uid 0. No arguments."""
    wrong = [user for user in host.once(accounts.users) if user.uid == 0 and user.name != "root"]
    return decided(not wrong, named(f"{user.place}: {user.name} has uid 0" for user in wrong) or "only root has uid 0")


@kind("root_group")
def root_group(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where root's own group is not 0. No arguments."""
    for user in host.once(accounts.users):
        if user.name == "root":
            return decided(user.gid == 0, f"{user.place}: root's group is {user.gid}")
    return not_applicable("there is no root")


@kind("unique")
def unique(host: Host, arguments: Arguments) -> Outcome:
    """Fails where two accounts or groups share a name or number. Argument: `what`, of `uid`, `user`, `gid`, `group`."""
    what = arguments.text("what")
    if what not in _LISTS:
        raise BadRule(f"{what} is not one of {', '.join(_LISTS)}")
    found = _LISTS[what](host)
    twice = {value for value, number in Counter(value for value, _ in found).items() if number > 1}
    return decided(
        not twice,
        named(f"{place}: {what} {value} again" for value, place in found if value in twice)
        or f"every {what} is there once",
    )


@kind("known_groups")
def known_groups(host: Host, _arguments: Arguments) -> Outcome:
    """Fails for an account whose group is in no /etc/group. No arguments."""
    known = {group.gid for group in host.once(accounts.groups)}
    wrong = [user for user in host.once(accounts.users) if user.gid not in known]
    return decided(
        not wrong, named(f"{user.place}: group {user.gid} of {user.name}" for user in wrong) or "every group is known"
    )


@kind("system_shells")
def system_shells(host: Host, _arguments: Arguments) -> Outcome:
    """Fails for an account of a service that may sign in: it has a shell and a password that is set. No arguments."""
    first = audit.first_user(host)
    passwords = {user.name for user in host.once(accounts.shadow) if user.password.is_set}
    wrong = [
        user
        for user in host.once(accounts.users)
        if 0 < user.uid < first and user.may_sign_in and user.name in passwords
    ]
    return decided(
        not wrong,
        named(f"{user.place}: {user.name} may sign in with {user.shell}" for user in wrong) or "no service may sign in",
    )


@kind("home_folders")
def home_folders(host: Host, arguments: Arguments) -> Outcome:
    """Fails for somebody whose home is not there, belongs to another, or lets others do more than `filemode` (octal) says."""
    mode = arguments.octal("filemode")
    wrong = []
    number = 0
    for user in people(host):
        number += 1
        entry = host.stat(user.home)
        if entry is None or entry.kind is not Kind.FOLDER:
            wrong.append(f"{user.place}: {user.name} has no home {shown(user.home)}")
        elif entry.uid != user.uid:
            wrong.append(f"{shown(user.home)}: belongs to user {entry.uid}, not {user.name}")
        elif entry.mode & ~mode & 0o777:
            wrong.append(f"{shown(user.home)}: mode {entry.mode:04o}, more than {mode:04o}")
    if not number:
        return not_applicable("nobody but root may sign in")
    return decided(not wrong, named(wrong) or f"{number} homes")


@kind("forbidden_dot_files")
def forbidden_dot_files(host: Host, arguments: Arguments) -> Outcome:
    """Fails where somebody's home, root's too, holds one of the files `names` (`.rhosts`)."""
    homes = {user.home for user in (*people(host), *(user for user in host.once(accounts.users) if user.uid == 0))}
    paths = [
        f"{home.rstrip('/')}/{name}"
        for home in sorted(homes)
        if home.startswith("/")
        for name in arguments.texts("names")
    ]
    found = [path for path in paths if host.stat(path, follow=False) is not None]
    return decided(not found, named(shown(path) for path in found) or f"no {', '.join(arguments.texts('names'))}")


@kind("empty_group")
def empty_group(host: Host, arguments: Arguments) -> Outcome:
    """Fails where the group `group` has members."""
    name = arguments.text("group")
    for group in host.once(accounts.groups):
        if group.name == name and group.members:
            return fails(f"{group.place}: {', '.join(group.members)} in {name}")
    return passes(f"nobody is in {name}")
