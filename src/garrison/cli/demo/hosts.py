"""Hosts that are scanned, what is known of vulnerabilities, and Inspector's two ways to judge them."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

from garrison.cli.demo.images import IMAGES, Image, write
from garrison.cli.demo.stage import Stage
from garrison.errors import OperatorError

_DATABASE = "vulnerabilities.db"
_PRACTICES = "Security Best Practices"
_SECONDS = 30.0
_POLL_SECONDS = 0.2


def hosts(stage: Stage) -> str:
    """Scan hosts as `garrison scan --report` does, and have them judged."""
    know_advisories(stage)
    for image in IMAGES:
        scan(stage, image)
    run = assess(stage)
    found = _findings(stage)
    return f"{len(IMAGES)} hosts scanned, {found} vulnerabilities found; an assessment run with {run} findings"


def know_advisories(stage: Stage) -> None:
    """A vulnerability database of the demo's few advisories, where there is none."""
    from garrison.scan.vulnerabilities.building import build
    from garrison.scan.vulnerabilities.sources import folder_sources

    path = stage.home / _DATABASE
    if path.exists():
        return
    stage.made.add("vulnerability database", _DATABASE, ("demo", "RemoveFile", {"name": _DATABASE}))
    with as_file(files("garrison.cli.demo") / "advisories.jsonl") as file, TemporaryDirectory() as folder:
        (Path(folder) / file.name).write_bytes(file.read_bytes())
        build(path, folder_sources(Path(folder)), stage.endpoint.clock.now())


def scan(stage: Stage, image: Image) -> str:
    """Scan a host that is made on the fly and tell the account of it; gives its instance id. What was told stays told."""
    from garrison.scan import sending
    from garrison.scan.benchmarks import built_in, evaluate
    from garrison.scan.inventory import take
    from garrison.scan.report import Report
    from garrison.scan.roots import Folder

    with TemporaryDirectory() as folder:
        write(image, Path(folder))
        with Folder(folder) as root:
            inventory = take(root)
            checks = evaluate(root, inventory, built_in())
    taken = stage.endpoint.clock.now().isoformat(timespec="seconds")
    report = Report(taken_at=taken, inventory=inventory, checks=checks)
    packed = sending.compressed(sending.encoded(report))
    if not any(each.kind == "host" and each.name == image.name for each in stage.made):
        stage.made.add("host", image.name)
    answer = stage.call("garrison", "PutHostReport", Host=image.name, Report=packed)
    return str(answer["InstanceId"])


def assess(stage: Stage) -> int:
    """One run of Inspector Classic over all hosts, evaluated at once; gives how many findings it has."""
    call = stage.administrator.call
    arns = call("inspector", "ListRulesPackages", maxResults=100)["rulesPackageArns"]
    named = call("inspector", "DescribeRulesPackages", rulesPackageArns=arns)["rulesPackages"]
    packages = [one["arn"] for one in named if one["name"] in (_PRACTICES, "Common Vulnerabilities and Exposures")]
    target = call("inspector", "CreateAssessmentTarget", assessmentTargetName="all-hosts")["assessmentTargetArn"]
    stage.made.add("target", target, ("inspector", "DeleteAssessmentTarget", {"assessmentTargetArn": target}))
    template = call(
        "inspector",
        "CreateAssessmentTemplate",
        assessmentTargetArn=target,
        assessmentTemplateName="best-practices",
        durationInSeconds=3600,
        rulesPackageArns=packages,
    )["assessmentTemplateArn"]
    undo = ("inspector", "DeleteAssessmentTemplate", {"assessmentTemplateArn": template})
    stage.made.add("template", template, undo)
    run = call("inspector", "StartAssessmentRun", assessmentTemplateArn=template)["assessmentRunArn"]
    stage.notes["run"] = run
    _until(stage, run, lambda state: state == "COLLECTING_DATA")
    call("inspector", "StopAssessmentRun", assessmentRunArn=run, stopAction="START_EVALUATION")
    _until(stage, run, lambda state: state.startswith(("COMPLETED", "FAILED")))
    counts = call("inspector", "DescribeAssessmentRuns", assessmentRunArns=[run])["assessmentRuns"][0]["findingCounts"]
    return sum(counts.values())


def _until(stage: Stage, run: str, is_there: Callable[[str], bool]) -> None:
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        told = stage.call("inspector", "DescribeAssessmentRuns", assessmentRunArns=[run])
        if is_there(told["assessmentRuns"][0]["state"]):
            return
        time.sleep(_POLL_SECONDS)
    raise OperatorError(f"The assessment run {run} does not go on.", "Look at garrison.log.")


def _findings(stage: Stage) -> int:
    """How many vulnerabilities the hosts have, once they are judged."""
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        covered = stage.administrator.pages("inspector2", "ListCoverage", "coveredResources")
        if len(covered) >= len(IMAGES) and all(one["scanStatus"]["reason"] == "SUCCESSFUL" for one in covered):
            break
        time.sleep(_POLL_SECONDS)
    return len(stage.administrator.pages("inspector2", "ListFindings", "findings"))
