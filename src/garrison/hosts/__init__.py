"""What hosts have reported last: one SQLite file of the home, beside the store, that whoever assesses hosts reads and follows.

    hosts = open_hosts(home, sync=True)
    hosts.last("123456789012", "eu-west-1", "web-1").inventory.packages
    for reported in hosts.changed_since(mark, limit=100):
        ...
        mark = reported.number

A host is named by its enrolment, or by who scans it without an agent; the instance id is the enrolment's, whatever the report says.
"""

from __future__ import annotations

from garrison.hosts.file import FILE, Hosts, Outdated, Reported, open_hosts

__all__ = ["FILE", "Hosts", "Outdated", "Reported", "open_hosts"]
