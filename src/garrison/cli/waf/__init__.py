"""`garrison waf`: put web ACLs in front of applications, and see and tune what they do."""

from __future__ import annotations

import typer

from garrison.cli.waf.explain import explain
from garrison.cli.waf.export import export
from garrison.cli.waf.lists import lists
from garrison.cli.waf.proxy import proxy
from garrison.cli.waf.pull import pull
from garrison.cli.waf.replay import replay
from garrison.cli.waf.serve import serve
from garrison.cli.waf.tune import tune

application = typer.Typer(
    help="Put web ACLs in front of applications, and see and tune what they do.", no_args_is_help=True
)


@application.callback()
def _group() -> None:
    """A callback keeps this a group, however many commands it has."""


application.command("explain")(explain)
application.command("export")(export)
application.command("lists")(lists)
application.command("pull")(pull)
application.command("replay")(replay)
application.command("proxy")(proxy)
application.command("serve")(serve)
application.command("tune")(tune)
