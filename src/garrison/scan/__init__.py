"""Hosts and images, really assessed: inventory, vulnerabilities, benchmarks and reachability, over a root file system.

Everything below works on a `Root` and gives plain dataclasses, so that it runs in the agent, in `garrison scan` and in tests alike.
`roots`, `inventory`, `benchmarks` and `report` need nothing but the standard library: the agent is made of them.
"""
