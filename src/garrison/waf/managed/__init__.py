"""Rule groups of our own under the names that AWS customers know.

Each version of a group is a data file that says what every rule matches, where it looks and with which patterns: nothing is opaque.
`group` gives it in the form of any other rule group, for the same engine.
"""

from garrison.waf.managed.catalogue import Available, UnknownGroup, available, detections, group, versions
from garrison.waf.managed.statements import LIST_PREFIX
from garrison.waf.managed.texts import Detection, GroupText, RuleText

__all__ = [
    "LIST_PREFIX",
    "Available",
    "Detection",
    "GroupText",
    "RuleText",
    "UnknownGroup",
    "available",
    "detections",
    "group",
    "versions",
]
