"""Settings of web servers and databases that let more people in, or tell them more, than they should."""

from __future__ import annotations

from garrison.scan.benchmarks.host import Host, Setting
from garrison.scan.benchmarks.kinds import Arguments, kind
from garrison.scan.benchmarks.outcome import Outcome, decided, fails, named, not_applicable, passes
from garrison.scan.benchmarks.readers.apache import apache
from garrison.scan.benchmarks.readers.databases import Cluster, clusters, redis
from garrison.scan.benchmarks.readers.nginx import Directive, nginx

_LOCAL = ("127.", "::1", "localhost", "/", "samehost")


@kind("nginx_directive")
def nginx_directive(host: Host, arguments: Arguments) -> Outcome:
    """Fails for a `directive` of nginx with one of the words `refused`; where nothing sets it, nginx has the value `default`."""
    return _directives("nginx", host.once(nginx), arguments)


@kind("apache_directive")
def apache_directive(host: Host, arguments: Arguments) -> Outcome:
    """Fails for a `directive` of Apache with one of the words `refused`; where nothing sets it, Apache has the value `default`."""
    return _directives("Apache", host.once(apache), arguments)


def _directives(server: str, found: list[Directive], arguments: Arguments) -> Outcome:
    if not found:
        return not_applicable(f"{server} is not configured here")
    name = arguments.text("directive")
    refused = {word.lower() for word in arguments.texts("refused")}
    said = [one for one in found if one.name.lower() == name.lower()]
    wrong = [one for one in said if _allowed_words(one) & refused]
    if wrong:
        return fails(named(f"{one.place}: {name} {' '.join(one.arguments)[:200]}" for one in wrong))
    if not said:
        default = arguments.text("default", "")
        return decided(
            default.lower() not in refused,
            f"{server}: {name} is not set" + (f", its default is {default}" if default else ""),
        )
    return passes(f"{said[0].place}: {name} {' '.join(said[0].arguments)[:200]}")


def _allowed_words(one: Directive) -> set[str]:
    """What a directive turns on: Apache's `-Indexes` turns off, `all -SSLv3` takes away."""
    words = [word.lower() for word in one.arguments]
    return {word.lstrip("+") for word in words if not word.startswith("-")} - {
        word[1:] for word in words if word.startswith("-")
    }


@kind("apache_root_is_closed")
def apache_root_is_closed(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where Apache does not deny the root of the file system (`<Directory />` with `Require all denied`). No arguments."""
    found = host.once(apache)
    if not found:
        return not_applicable("Apache is not configured here")
    for one in found:
        if (
            one.blocks[-1:] == ("directory /",)
            and one.name in ("require", "deny")
            and one.arguments[-1:] in (["denied"], ["all"])
        ):
            return decided(
                one.name == "deny" or one.arguments == ["all", "denied"],
                f"{one.place}: {one.name} {' '.join(one.arguments)}",
            )
    return fails("Apache: no <Directory /> denies the whole file system")


@kind("postgresql_setting")
def postgresql_setting(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `name` of a PostgreSQL cluster is not one of `allowed`; where nothing sets it, it is `default`."""
    found = host.once(clusters)
    if not found:
        return not_applicable("there is no PostgreSQL cluster")
    name = arguments.text("name")
    allowed = [one.lower() for one in arguments.texts("allowed")]
    said = [_setting(cluster, name, arguments.text("default", "")) for cluster in found]
    wrong = [one for one in said if one.value.lower() not in allowed]
    return decided(not wrong, named(f"{one.place}: {name} = {one.value}" for one in wrong or said))


def _setting(cluster: Cluster, name: str, default: str) -> Setting:
    return cluster.settings.get(name) or Setting(default, f"{cluster.path} (not set, default)")


@kind("postgresql_admission")
def postgresql_admission(host: Host, arguments: Arguments) -> Outcome:
    """Fails where pg_hba.conf admits by one of the `methods`; with `remote`, only what comes over the network counts; with `plain`, only without TLS."""
    found = host.once(clusters)
    if not found:
        return not_applicable("there is no PostgreSQL cluster")
    methods = arguments.texts("methods")
    admissions = [one for cluster in found for one in cluster.admissions]
    if arguments.flag("remote"):
        admissions = [one for one in admissions if one.kind != "local" and not one.address.startswith(_LOCAL)]
    if arguments.flag("plain"):
        admissions = [one for one in admissions if one.kind in ("host", "hostnossl")]
    wrong = [one for one in admissions if one.method in methods or "*" in methods]
    return decided(
        not wrong,
        named(f"{one.place}: {one.kind} {one.database} {one.user} {one.address} {one.method}" for one in wrong)
        or "nobody is admitted so",
    )


@kind("postgresql_tls")
def postgresql_tls(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where a PostgreSQL cluster listens to the network and speaks no TLS. No arguments."""
    found = host.once(clusters)
    if not found:
        return not_applicable("there is no PostgreSQL cluster")
    for cluster in found:
        listens = _setting(cluster, "listen_addresses", "localhost")
        tls = _setting(cluster, "ssl", "off")
        is_open = any(not one.strip().startswith(_LOCAL) for one in listens.value.split(",") if one.strip())
        if is_open and tls.value.lower() not in ("on", "true", "yes", "1"):
            return fails(f"{listens.place}: listen_addresses = {listens.value}, and {tls.place}: ssl = {tls.value}")
    return passes("what listens to the network speaks TLS")


@kind("redis_asks_who")
def redis_asks_who(host: Host, _arguments: Arguments) -> Outcome:
    """Fails where Redis listens to the network without asking for a password: no requirepass, no ACL file, protected mode or not. No arguments."""
    said = host.once(redis)
    if not said:
        return not_applicable("Redis is not configured here")
    bound = said.get("bind", [])
    addresses = [address.lstrip("-") for one in bound for address in one.value.split()] or ["*"]
    asks = any(said.get(name) for name in ("requirepass", "aclfile")) or any(
        not _is_open_user(one.value) for one in said.get("user", [])
    )
    if asks or all(address.startswith(_LOCAL) for address in addresses):
        return passes("Redis asks for a password, or listens to this host alone")
    protected = said.get("protected-mode", [Setting("yes", "default")])[-1]
    place = bound[-1].place if bound else said[""][0].place
    if protected.value.lower() == "yes" and not bound:
        return passes(f"{place}: protected mode answers this host alone")
    return fails(f"{place}: bind {' '.join(addresses)}, and no requirepass")


def _is_open_user(value: str) -> bool:
    return "nopass" in value.split() or "off" in value.split()


@kind("redis_directive")
def redis_directive(host: Host, arguments: Arguments) -> Outcome:
    """Fails where `directive` of Redis is one of `refused`; where nothing sets it, it is `default`."""
    said = host.once(redis)
    if not said:
        return not_applicable("Redis is not configured here")
    name = arguments.text("directive")
    last = said.get(name, [Setting(arguments.text("default", ""), f"{said[''][0].place} (not set, default)")])[-1]
    return decided(last.value.lower() not in arguments.texts("refused"), f"{last.place}: {name} {last.value}")
