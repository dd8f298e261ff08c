"""JUnit XML: what continuous integration shows; a suite for each service, a case for each check on each resource.

Source: the schema that Jenkins' xUnit plugin publishes, "junit-10.xsd".
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from garrison.findings.finding import Finding, State


def junit(findings: Sequence[Finding]) -> bytes:
    """The findings as one document; what is excused or undecided is skipped, with the reason."""
    root = ET.Element("testsuites", {"name": "garrison assess"} | _counts(findings))
    for service in sorted({finding.service for finding in findings}):
        of_service = [finding for finding in findings if finding.service == service]
        suite = ET.SubElement(root, "testsuite", {"name": service} | _counts(of_service))
        for finding in of_service:
            _add_case(suite, finding)
    ET.indent(root)
    return bytes(ET.tostring(root, "utf-8", xml_declaration=True)) + b"\n"


def _add_case(suite: ET.Element, finding: Finding) -> None:
    case = ET.SubElement(suite, "testcase", classname=finding.check, name=_clean(finding.arn), time="0")
    if finding.counts:
        failure = ET.SubElement(case, "failure", type=finding.severity.value, message=_clean(finding.evidence))
        failure.text = _clean("\n".join(filter(None, (finding.title, finding.evidence, f"Fix: {finding.fix}"))))
    elif finding.is_excused and finding.excuse is not None:
        ET.SubElement(case, "skipped", message=_clean(f"Excused: {finding.excuse.reason}"))
    elif finding.state is not State.PASSED:
        ET.SubElement(case, "skipped", message=_clean(finding.evidence or finding.state.value))


def _counts(findings: Sequence[Finding]) -> dict[str, str]:
    failures = sum(finding.counts for finding in findings)
    passed = sum(finding.state is State.PASSED for finding in findings)
    return {
        "tests": str(len(findings)),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(len(findings) - failures - passed),
    }


def _clean(text: str) -> str:
    """Without what XML 1.0 has no way to write."""
    return "".join(
        each if each in "\t\n\r" or " " <= each <= "\ud7ff" or each >= "\ue000" else "\ufffd" for each in text
    )
