"""Findings: one form inside, whoever found it, and the forms in which they leave: ASFF, OCSF, SARIF, JUnit, CSV.

    findings = excused(found, read_exemptions(text), at=clock.now())
    codec.encode([asff(each, "0.1.0") for each in findings])

Everything is pure: values in, values out.
"""

from garrison.findings.asff import asff
from garrison.findings.exemptions import Exemption, UnusableExemptions, excused, read_exemptions, unused
from garrison.findings.finding import Cause, Excuse, Finding, Severity, State
from garrison.findings.junit import junit
from garrison.findings.ocsf import ocsf
from garrison.findings.rows import csv
from garrison.findings.sarif import sarif

__all__ = [
    "Cause",
    "Excuse",
    "Exemption",
    "Finding",
    "Severity",
    "State",
    "UnusableExemptions",
    "asff",
    "csv",
    "excused",
    "junit",
    "ocsf",
    "read_exemptions",
    "sarif",
    "unused",
]
