"""Chapter 6: an SQL injection is blocked, and a draft web ACL is tried on yesterday's traffic."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from garrison.cli.demo.script.scene import Scene, awaited
from garrison.cli.demo.traffic import customer, injection, visits
from garrison.cli.demo.web import WEB_ACL, open_shop, protect

_VISITS = 60


def draft(scene: Scene) -> dict[str, Any]:
    """The shop is attacked today; tomorrow somebody has an idea."""
    stage, narrator = scene.stage, scene.narrator
    narrator.say("A shop stands behind a web ACL, by one line of middleware. A customer, then an attacker:")
    protect(stage, ["sql-injection"])
    with open_shop(stage) as visit:
        harmless = visit(customer("192.0.2.10", "/products/42"))
        attack = injection("198.51.100.20")
        blocked = visit(attack)
        narrator.does("curl https://shop.example.com/products/42")
        narrator.shows(f"{harmless}")
        narrator.does(f"curl 'https://shop.example.com{attack.path}'")
        narrator.shows(f"{blocked}: blocked by a rule of AWSManagedRulesSQLiRuleSet")
        for each in visits(stage.random, _VISITS):
            visit(each)
    scene.clock.shift(timedelta(days=1))
    narrator.say(
        "The next day somebody wants to block programs, which are only counted so far. What would that have done?"
    )
    found = _replayed(scene)
    for group in found["Groups"]:
        if group["Effect"] == "newlyBlocked":
            narrator.shows(f"{group['Count']} requests newly blocked by the rule {group['Rule']}, for instance:")
            narrator.shows(f"  {one['Method']} {one['Target']} from {one['Address']}" for one in group["Samples"][:3])
    if found["Totals"].get("undetermined"):
        narrator.shows("What depends on bodies, which no log keeps, is said to be undetermined.")
    narrator.say("Nothing was turned on to learn that.")
    return {"harmless": harmless, "blocked": blocked, "totals": found["Totals"]}


def _replayed(scene: Scene) -> dict[str, Any]:
    """What the draft would have done to the traffic of the day before."""
    stage, narrator = scene.stage, scene.narrator
    acl = stage.call("garrison", "GetWebAclBundle", Name=WEB_ACL, Scope="REGIONAL")
    document = json.loads(acl["Bundle"])["web_acl"]
    for rule in document["Rules"]:
        if rule["Name"] == "programs":
            rule["Action"] = {"Block": {}}
    narrator.does(f"garrison replay web-acl draft.json --replaces {WEB_ACL}")
    now = scene.clock.now()
    started = stage.call(
        "garrison",
        "StartReplay",
        Kind="WEB_ACL",
        Document=json.dumps(document),
        Replaces=stage.notes["web_acl"],
        StartTime=now - timedelta(days=2),
        EndTime=now,
    )["ReplayId"]

    def ended() -> dict[str, Any] | None:
        answer = stage.call("garrison", "GetReplay", ReplayId=started)
        return None if answer["Replay"]["Status"] in ("PENDING", "RUNNING") else answer

    return awaited("The replay's end", ended)
