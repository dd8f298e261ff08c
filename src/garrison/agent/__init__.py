"""What runs on a host: enrolls it, asks the server what to scan, and sends what it finds. The standard library is all it needs.

It never listens, takes no commands, follows no redirects and trusts one certificate authority, pinned when the host enrolled.
`garrison agent build` makes one file of it, `garrison-agent.pyz`, for any Python from 3.11 on.
"""
