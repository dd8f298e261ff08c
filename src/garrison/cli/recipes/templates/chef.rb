# Installs the Garrison agent. The invitation's token comes from node['garrison_agent']['token'] or from an encrypted data bag
# that a wrapper cookbook reads; it is used until the host is enrolled.
user 'garrison-agent' do
  system true
  home '/var/lib/garrison-agent'
  manage_home false
  shell '/usr/sbin/nologin'
end

directory '/opt/garrison-agent' do
  mode '0755'
end

directory '/etc/garrison-agent' do
  mode '0700'
end

cookbook_file '/opt/garrison-agent/garrison-agent.pyz' do
  source 'garrison-agent.pyz'
  checksum '@SHA256@'
  mode '0644'
  notifies :restart, 'service[garrison-agent]'
end

%w[garrison-agent-enrol.service garrison-agent.service].each do |unit|
  cookbook_file "/etc/systemd/system/#{unit}" do
    source unit
    mode '0644'
    notifies :run, 'execute[garrison-agent-reload]', :immediately
    notifies :restart, 'service[garrison-agent]'
  end
end

execute 'garrison-agent-reload' do
  command 'systemctl daemon-reload'
  action :nothing
end

file '/etc/garrison-agent/token' do
  content lazy { "#{node['garrison_agent']['token']}\n" }
  mode '0600'
  sensitive true
  not_if { ::File.exist?('/var/lib/garrison-agent/host.json') }
  notifies :restart, 'service[garrison-agent]'
end

service 'garrison-agent-enrol' do
  action %i[enable start]
end

service 'garrison-agent' do
  action %i[enable start]
end
