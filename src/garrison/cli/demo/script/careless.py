"""Chapter 4: a host whose sshd lets root in, scanned and assessed."""

from __future__ import annotations

from typing import Any

from garrison.cli.demo.hosts import assess, know_advisories, scan
from garrison.cli.demo.images import CARELESS
from garrison.cli.demo.script.scene import Scene

_FINDING = "Disable root login over SSH"


def careless(scene: Scene) -> dict[str, Any]:
    """A host reports, and an assessment run finds what is wrong."""
    stage, narrator = scene.stage, scene.narrator
    know_advisories(stage)
    narrator.say(f"A host is scanned; on its disk /etc/ssh/sshd_config says {CARELESS.sshd.splitlines()[0]}.")
    narrator.does(f"garrison scan /mnt/{CARELESS.name} --report {CARELESS.name}")
    instance = scan(stage, CARELESS)
    narrator.say("Inspector assesses all hosts by its rules packages:")
    narrator.does("aws inspector start-assessment-run --assessment-template-arn …")
    assess(stage)
    run = stage.notes["run"]
    arns = stage.administrator.pages("inspector", "ListFindings", "findingArns", assessmentRunArns=[run])
    found = [
        one
        for first in range(0, len(arns), 10)
        for one in stage.call("inspector", "DescribeFindings", findingArns=arns[first : first + 10])["findings"]
    ]
    finding = next(one for one in found if one["id"] == _FINDING)
    narrator.shows([f"{finding['severity']}: {finding['title']}", finding["description"], finding["recommendation"]])
    vulnerable = sorted({one["id"] for one in found if one["id"].startswith("CVE-")})
    narrator.shows(f"Known vulnerabilities of its packages: {', '.join(vulnerable)}")
    return {
        "instance": instance,
        "title": finding["title"],
        "severity": finding["severity"],
        "recommendation": finding["recommendation"],
        "vulnerabilities": vulnerable,
    }
