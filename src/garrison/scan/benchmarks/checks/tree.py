"""What lies in the file system and must not: open to everybody, belonging to nobody, or running as root from odd places."""

from __future__ import annotations

from collections.abc import Callable

from garrison.scan.benchmarks.host import Host
from garrison.scan.benchmarks.kinds import Arguments, Watch, kind
from garrison.scan.benchmarks.outcome import MOST_NAMED, Outcome, Unreadable, decided, named, shown
from garrison.scan.benchmarks.readers import accounts
from garrison.scan.roots.root import Entry, Kind

_PROGRAMS = ("/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/opt/", "/snap/")
_EVERYWHERE = ("/",)


def _watch(
    below: tuple[str, ...],
    is_wrong: Callable[[Entry], bool],
    right: str,
    by_nature: Callable[[Entry], bool] | None = None,
) -> Watch:
    """Without `by_nature`, `is_wrong` looks at kind, mode, owner and group alone."""
    wrong: list[str] = []
    rest = [0]

    def see(entry: Entry) -> None:
        if is_wrong(entry):
            if len(wrong) <= MOST_NAMED:
                wrong.append(f"{shown(entry.path)}: mode {entry.mode:04o}, user {entry.uid}, group {entry.gid}")
            else:
                rest[0] += 1

    def finish() -> Outcome:
        return decided(not wrong, named([*wrong, *[""] * rest[0]]) if wrong else right)

    return Watch(below, see, finish, by_nature or is_wrong)


@kind("world_writable_files")
def world_writable_files(_host: Host, _arguments: Arguments) -> Watch:
    """Fails for a file that everybody may change. No arguments."""
    return _watch(
        _EVERYWHERE, lambda entry: entry.kind is Kind.FILE and bool(entry.mode & 0o002), "no file is open to everybody"
    )


@kind("sticky_folders")
def sticky_folders(_host: Host, _arguments: Arguments) -> Watch:
    """Fails for a folder that everybody may write in and delete others' files from: without the sticky bit. No arguments."""
    return _watch(
        _EVERYWHERE,
        lambda entry: entry.kind is Kind.FOLDER and entry.mode & 0o1002 == 0o002,
        "every folder open to everybody is sticky",
    )


@kind("unowned")
def unowned(host: Host, arguments: Arguments) -> Watch:
    """Fails for something that belongs to a user (`what` = `user`) or group (`group`) that nobody is."""
    if arguments.text("what") == "group":
        gids = {group.gid for group in host.once(accounts.groups)}
        if not gids:
            raise Unreadable("/etc/group: there is none, so that nobody can tell which groups are known")
        return _watch(_EVERYWHERE, lambda entry: entry.gid not in gids, "every group is known")
    uids = {user.uid for user in host.once(accounts.users)}
    if not uids:
        raise Unreadable("/etc/passwd: there is none, so that nobody can tell which users are known")
    return _watch(_EVERYWHERE, lambda entry: entry.uid not in uids, "every owner is known")


@kind("odd_setuid")
def odd_setuid(_host: Host, _arguments: Arguments) -> Watch:
    """Fails for a program that runs as another user or group (set-user-id, set-group-id) and that others may change, or that lies outside the folders of programs. No arguments."""

    def is_one(entry: Entry) -> bool:
        return bool(entry.mode & 0o6000) and entry.kind is Kind.FILE

    def is_wrong(entry: Entry) -> bool:
        return is_one(entry) and (bool(entry.mode & 0o022) or not entry.path.startswith(_PROGRAMS))

    return _watch(_EVERYWHERE, is_wrong, "set-user-id programs lie where programs do", is_one)


@kind("folder_owners")
def folder_owners(_host: Host, arguments: Arguments) -> Watch:
    """Fails for anything in `folders` that is not root's, or that others may change: with `files` only files, else folders too."""
    files_only = arguments.flag("files")

    def is_wrong(entry: Entry) -> bool:
        if entry.kind is Kind.LINK or (files_only and entry.kind is not Kind.FILE):
            return False
        return entry.uid != 0 or bool(entry.mode & 0o002) or bool(entry.mode & 0o020 and entry.gid != 0)

    return _watch(tuple(arguments.texts("folders")), is_wrong, "all of it is root's")
