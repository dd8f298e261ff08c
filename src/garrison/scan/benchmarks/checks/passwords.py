"""What the host asks of passwords: age, length, characters, and that they are not the last ones again."""

from __future__ import annotations

from collections.abc import Iterator

from garrison.scan.benchmarks.comparison import number
from garrison.scan.benchmarks.host import Host, Setting
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, decided, fails, named, passes
from garrison.scan.benchmarks.readers import accounts, pam, settings

_QUALITY = ("pam_pwquality.so", "pam_cracklib.so", "pam_passwdqc.so")
_CLASSES = ("dcredit", "ucredit", "lcredit", "ocredit")


@kind("password_maximum_age")
def password_maximum_age(host: Host, arguments: Arguments) -> Outcome:
    """Fails where login.defs sets no maximum age for new passwords, or a user's password has none. Argument: `most`, days (365)."""
    most = arguments.whole("most", 365)
    said = host.once(settings.login_defs).get("PASS_MAX_DAYS")
    days = number(said.value) if said is not None else None
    if said is None:
        return fails("/etc/login.defs: PASS_MAX_DAYS is not set")
    if days is None or not 0 < days <= most:
        return fails(f"{said.place}: PASS_MAX_DAYS {said.value}")
    forever = [
        user
        for user in host.once(accounts.shadow)
        if user.password.is_set and not (user.most and 0 < user.most <= most)
    ]
    if forever:
        return fails(
            named(
                f"{user.place}: {user.name}'s password may be kept for {user.most or 'any number of'} days"
                for user in forever
            )
        )
    return passes(f"{said.place}: PASS_MAX_DAYS {said.value}")


def quality(host: Host, name: str) -> Setting | None:
    """An option of the module that judges new passwords: its argument in the stack, else pwquality.conf's; None where no module judges."""
    found = None
    for line in host.once(pam.system):
        if line.kind != "password" or line.module not in _QUALITY:
            continue
        argument = line.argument(name)
        if argument is not None:
            return Setting(argument, line.place)
        found = found or line
    if found is None or found.module != "pam_pwquality.so":
        return None
    return host.once(settings.pwquality).get(name)


def judges_quality(host: Host) -> bool:
    """Whether any module of the shared stacks judges new passwords."""
    return any(line.kind == "password" and line.module in _QUALITY for line in host.once(pam.system))


@kind("password_minimum_length")
def password_minimum_length(host: Host, arguments: Arguments) -> Outcome:
    """Fails where a new password may be shorter than `least` characters (8), by pam_pwquality, pam_cracklib or pam_unix."""
    least = arguments.whole("least", 8)
    for setting in _lengths(host):
        length = number(setting.value)
        return decided(length is not None and length >= least, f"{setting.place}: minlen {setting.value}")
    return fails("no PAM module asks for a minimum length")


def _lengths(host: Host) -> Iterator[Setting]:
    said = quality(host, "minlen")
    if said is not None:
        yield said
    elif judges_quality(host):
        yield Setting("8", "/etc/security/pwquality.conf (not set, default)")
    for line in host.once(pam.system):
        if (
            line.kind == "password"
            and line.module == "pam_unix.so"
            and (argument := line.argument("minlen")) is not None
        ):
            yield Setting(argument, line.place)


@kind("password_complexity")
def password_complexity(host: Host, arguments: Arguments) -> Outcome:
    """Fails where nothing asks for several kinds of characters, or old passwords may come back too soon.

    Argument: `remember`, how many old passwords are refused (0: it does not matter).
    """
    if not judges_quality(host):
        return fails("no PAM module judges new passwords (pam_pwquality)")
    lacking = [name for name in _CLASSES if not _asks_for(quality(host, name))]
    classes = quality(host, "minclass")
    if lacking and (number(classes.value) if classes is not None else 0) not in (3, 4):
        return fails(
            f"{', '.join(lacking)}: not asked for in /etc/security/pwquality.conf or the PAM stack, nor a minclass of 3"
        )
    wanted = arguments.whole("remember", 0)
    kept = remembered(host)
    if wanted and (kept is None or (number(kept.value) or 0) < wanted):
        return fails(
            "no PAM module remembers old passwords"
            if kept is None
            else f"{kept.place}: remember={kept.value}, less than {wanted}"
        )
    return passes("new passwords need several kinds of characters")


def _asks_for(setting: Setting | None) -> bool:
    return setting is not None and (number(setting.value) or 0) < 0


def remembered(host: Host) -> Setting | None:
    """How many old passwords are refused, by pam_pwhistory or pam_unix."""
    for line in host.once(pam.system):
        if line.kind == "password" and line.module in ("pam_pwhistory.so", "pam_unix.so"):
            argument = line.argument("remember")
            if argument is not None:
                return Setting(argument, line.place)
            if line.module == "pam_pwhistory.so":
                return host.once(settings.pwhistory).get("remember", Setting("10", f"{line.place} (not set, default)"))
    return None
