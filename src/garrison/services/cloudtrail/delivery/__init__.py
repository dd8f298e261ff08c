"""Deliver what trails want: log files and their digests to buckets, notices to topics, events to log groups.

The journal is the spool. A trail has a place in it for each destination; what lies between that place and the journal's end is
cut into files whose names and bytes follow from a plan that is durable before the first one leaves. So a delivery that is
stopped at any point goes on with the same files, and nothing is lost or doubled.
"""
