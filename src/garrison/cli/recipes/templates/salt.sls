# Installs the Garrison agent. Pillar: garrison_agent:token, the invitation's token; garrison_agent:root, a folder to install
# below, for images: nothing is started there.
{% set settings = salt['pillar.get']('garrison_agent', {}) %}
{% set root = settings.get('root', '') %}
{% if not root %}
garrison-agent:
  user.present:
    - system: true
    - home: /var/lib/garrison-agent
    - createhome: false
    - shell: /usr/sbin/nologin
{% endif %}

{{ root }}/opt/garrison-agent:
  file.directory:
    - mode: '0755'
    - makedirs: true

{{ root }}/etc/garrison-agent:
  file.directory:
    - mode: '0700'
    - makedirs: true

{{ root }}/opt/garrison-agent/garrison-agent.pyz:
  file.managed:
    - source: salt://garrison-agent/files/garrison-agent.pyz
    - source_hash: sha256=@SHA256@
    - mode: '0644'
    - require:
      - file: {{ root }}/opt/garrison-agent

{% for unit in ('garrison-agent-enrol.service', 'garrison-agent.service') %}
{{ root }}/etc/systemd/system/{{ unit }}:
  file.managed:
    - source: salt://garrison-agent/files/{{ unit }}
    - mode: '0644'
    - makedirs: true
{% endfor %}

{% if not salt['file.file_exists'](root ~ '/var/lib/garrison-agent/host.json') %}
{{ root }}/etc/garrison-agent/token:
  file.managed:
    - contents_pillar: garrison_agent:token
    - mode: '0600'
    - show_changes: false
    - require:
      - file: {{ root }}/etc/garrison-agent
{% endif %}

{% if not root %}
garrison-agent-services:
  cmd.run:
    - name: systemctl daemon-reload && systemctl enable garrison-agent-enrol.service garrison-agent.service && systemctl start garrison-agent-enrol.service && systemctl restart garrison-agent.service
    - onchanges:
      - file: /opt/garrison-agent/garrison-agent.pyz
      - file: /etc/systemd/system/garrison-agent.service
      - file: /etc/systemd/system/garrison-agent-enrol.service
{% endif %}
