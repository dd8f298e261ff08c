"""The report over a time of an account's events: who did what, from where, what was refused and what was changed."""

from garrison.lake.report.period import Period
from garrison.lake.report.reporting import Report, trail_report
from garrison.lake.report.sections import SECTIONS, Column, Section

__all__ = ["SECTIONS", "Column", "Period", "Report", "Section", "trail_report"]
