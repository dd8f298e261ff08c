"""Put an adapter's parts together: what follows the web ACL, what decides, and what keeps the decisions."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from garrison.adapters.clients import Clients
from garrison.adapters.compiled import FolderCache
from garrison.adapters.counters import NodeCounters, SharedCounters
from garrison.adapters.counting import Counting
from garrison.adapters.follower import Compile, Follower
from garrison.adapters.guard import Guard
from garrison.adapters.keeping import Keeping, Sink
from garrison.adapters.kept import COMPILED, Kept
from garrison.adapters.log_file import LogFile
from garrison.adapters.maxmind import MaxMindNetworks
from garrison.adapters.options import Options, options_from
from garrison.adapters.sources import FileSource, Source
from garrison.errors import OperatorError
from garrison.logs import get_logger
from garrison.waf.rates import MemoryCounters

if TYPE_CHECKING:
    from garrison.adapters.guard import Decider
    from garrison.waf.bundle import Bundle
    from garrison.waf.rates import Counters

RATES = "rates"

log = get_logger("garrison.waf")


@dataclass(frozen=True)
class Attached:
    """What an adapter works with."""

    options: Options
    clients: Clients
    follower: Follower
    counting: Counting
    keeping: Keeping
    guard: Guard

    def close(self) -> None:
        """Follow no longer, and tell what still waits to be told."""
        self.follower.close()
        self.keeping.close()


def attach(settings: dict[str, Any], compile: Compile | None = None, counting: Counting | None = None) -> Attached:
    """The parts for an adapter's keyword arguments; raises `OperatorError` or `TypeError`."""
    options = options_from(settings)
    clients = Clients(options.trusted_proxies)
    source = _source(options)
    counters = _counters(options)
    follower = Follower(source, compile or _compile(options, counters), Kept(options, source.name))
    counting = counting or Counting()
    keeping = Keeping(counting, follower, _sinks(options))
    return Attached(options, clients, follower, counting, keeping, Guard(options, follower, keeping))


def _counters(options: Options) -> Counters:
    """What rate-based rules count with: all workers of this host together, and with Redis all hosts."""
    folder = options.folder / RATES
    try:
        shared = SharedCounters(folder)
        return NodeCounters(shared, options.redis, folder) if options.redis else shared
    except OSError as problem:
        log.warning("rates_not_shared", folder=str(folder), reason=problem.strerror)
        return MemoryCounters()
    except ModuleNotFoundError:
        raise OperatorError("The redis package is not installed.", "pip install 'garrison[redis]'") from None


def _sinks(options: Options) -> list[Sink]:
    sinks: list[Sink] = [LogFile(options.log_file)] if options.log_file is not None else []
    if options.bundle is None:
        from garrison.adapters.telling import Telling

        sinks.append(Telling(options))
    return sinks


def _source(options: Options) -> Source:
    source = _bare_source(options)
    if options.lists is None:
        return source
    from garrison.adapters.lists import ListedSource

    return ListedSource(source, Path(options.lists))


def _bare_source(options: Options) -> Source:
    if options.bundle is not None:
        return FileSource(options.bundle)
    from garrison.adapters.control_plane import ControlPlane

    return ControlPlane(options)


def _compile(options: Options, counters: Counters) -> Compile:
    networks = MaxMindNetworks(Path(options.lists)) if options.lists is not None else None

    def compile(bundle: Bundle) -> Decider:
        # Loaded when first needed: an engine takes long to load.
        program = import_module("garrison.waf.program")
        made: Decider = program.compile_program(
            bundle, networks=networks, counters=counters, cache=FolderCache(options.folder / COMPILED)
        )
        return made

    return compile
