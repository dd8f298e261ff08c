#!/bin/bash
# Installs the Garrison agent from the files beside this one. The invitation's token is read from standard input.
# ROOT installs it below another folder, for images; nothing is started there.
set -euo pipefail
umask 077
root=${ROOT:-}
here=$(cd "$(dirname "$0")" && pwd)

if [ -z "$root" ] && ! getent passwd garrison-agent >/dev/null; then
  useradd --system --home-dir /var/lib/garrison-agent --no-create-home --shell /usr/sbin/nologin garrison-agent
fi
install -d -m 0755 "$root/opt/garrison-agent" "$root/etc/systemd/system"
install -d -m 0700 "$root/etc/garrison-agent"
install -m 0644 "$here/garrison-agent.pyz" "$root/opt/garrison-agent/garrison-agent.pyz"
install -m 0644 "$here/garrison-agent.service" "$here/garrison-agent-enrol.service" "$root/etc/systemd/system/"
IFS= read -r token
printf '%s\n' "$token" >"$root/etc/garrison-agent/token"
if [ -z "$root" ]; then
  systemctl daemon-reload
  systemctl enable --quiet garrison-agent-enrol.service garrison-agent.service
  systemctl start garrison-agent-enrol.service
  systemctl restart garrison-agent.service
fi
