"""A report as PDF."""

from __future__ import annotations

from garrison import __version__
from garrison.findings.pdf import Pdf
from garrison.services.inspector.assessing.finishing import SEVERITIES
from garrison.services.inspector.reports.contents import Contents, Rule, Section, facts, ordered, title_of

_INDENT = 12.0
_SOFT = 0.35


def document(contents: Contents) -> bytes:
    """The whole document."""
    pdf = Pdf(title_of(contents))
    pdf.add(title_of(contents), size=18, is_bold=True)
    for label, value in facts(contents):
        pdf.add(f"{label}: {value}", before=2)
    pdf.add("Findings by rules package", size=13, is_bold=True, before=16)
    for section in contents.sections:
        told = ", ".join(f"{section.counts[name]:,} {name}" for name in SEVERITIES if section.counts[name])
        pdf.add(f"{section.package.name} {section.package.version}: {told or 'none'}", before=2)
    for section in contents.sections:
        _section(pdf, section)
    if contents.exclusions:
        pdf.add("Exclusions", size=13, is_bold=True, before=16)
    for one in contents.exclusions:
        pdf.add(f"{one.title}: {', '.join(value for _, value in one.scopes)}", is_bold=True, before=6)
        pdf.add(f"{one.description} {one.recommendation}", indent=_INDENT)
    pdf.add(f"Made by Garrison {__version__}. Times are UTC.", before=18, grey=_SOFT)
    return pdf.finish()


def _section(pdf: Pdf, section: Section) -> None:
    pdf.add(section.package.name, size=13, is_bold=True, before=16)
    pdf.add(section.package.description, grey=_SOFT)
    for rule in ordered(section):
        _rule(pdf, rule)
    if section.left_out:
        pdf.add(f"{section.left_out:,} findings of further rules are not shown here; ListFindings has them.", before=6)
    if section.passed:
        pdf.add("Passed", is_bold=True, before=8)
    for name, hosts in section.passed:
        pdf.add(f"{name}: {hosts:,} hosts", indent=_INDENT)


def _rule(pdf: Pdf, rule: Rule) -> None:
    made = rule.first
    pdf.add(f"{made.severity}: {made.rule} ({rule.count:,})", is_bold=True, before=8)
    pdf.add(made.description, indent=_INDENT)
    pdf.add(f"Recommendation: {made.recommendation}", indent=_INDENT, before=2)
    if rule.hosts:
        more = f" and {rule.count - len(rule.hosts):,} more" if rule.count > len(rule.hosts) else ""
        pdf.add(f"{', '.join(rule.hosts)}{more}", indent=_INDENT, grey=_SOFT)
