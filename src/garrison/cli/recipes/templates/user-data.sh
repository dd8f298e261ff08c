#!/bin/bash
# User data of an instance: installs the Garrison agent and enrolls the instance. Whoever reads the user data reads the token: it is
# good for a time, for a number of hosts and from the addresses that its invitation says, and opens nothing but reporting.
set -euo pipefail
umask 077
token='@TOKEN@'

getent passwd garrison-agent >/dev/null ||
  useradd --system --home-dir /var/lib/garrison-agent --no-create-home --shell /usr/sbin/nologin garrison-agent
install -d -m 0755 /opt/garrison-agent
install -d -m 0700 /etc/garrison-agent
# What comes is believed for its digest alone, not for the server that it comes from.
curl --silent --show-error --fail --insecure --retry 10 --retry-connrefused --max-filesize 10000000 \
  --output /opt/garrison-agent/garrison-agent.pyz.new '@ENDPOINT@/_garrison/agent.pyz'
printf '%s  %s\n' '@SHA256@' /opt/garrison-agent/garrison-agent.pyz.new | sha256sum --check --quiet
chmod 0644 /opt/garrison-agent/garrison-agent.pyz.new
mv /opt/garrison-agent/garrison-agent.pyz.new /opt/garrison-agent/garrison-agent.pyz

cat >/etc/systemd/system/garrison-agent-enrol.service <<'UNIT'
@ENROL_UNIT@
UNIT
cat >/etc/systemd/system/garrison-agent.service <<'UNIT'
@UNIT@
UNIT
chmod 0644 /etc/systemd/system/garrison-agent-enrol.service /etc/systemd/system/garrison-agent.service
printf '%s\n' "$token" >/etc/garrison-agent/token
systemctl daemon-reload
systemctl enable --quiet garrison-agent-enrol.service garrison-agent.service
systemctl start garrison-agent-enrol.service
systemctl restart garrison-agent.service
