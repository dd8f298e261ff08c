# Installs the Garrison agent.
#
# @param token The invitation's token; used until the host is enrolled.
# @param root A folder to install below, for images: nothing is started there.
class garrison_agent (
  Sensitive[String[20, 256]] $token,
  String $root = '',
) {
  $folders = { '/opt/garrison-agent' => '0755', '/etc/garrison-agent' => '0700' }
  $units = ['garrison-agent-enrol.service', 'garrison-agent.service']

  if $root == '' {
    user { 'garrison-agent':
      ensure     => present,
      system     => true,
      home       => '/var/lib/garrison-agent',
      managehome => false,
      shell      => '/usr/sbin/nologin',
    }
  }

  $folders.each |$path, $mode| {
    file { "${root}${path}":
      ensure => directory,
      mode   => $mode,
    }
  }

  file { "${root}/opt/garrison-agent/garrison-agent.pyz":
    ensure => file,
    mode   => '0644',
    source => 'puppet:///modules/garrison_agent/garrison-agent.pyz',
  }

  $units.each |$unit| {
    file { "${root}/etc/systemd/system/${unit}":
      ensure => file,
      mode   => '0644',
      source => "puppet:///modules/garrison_agent/${unit}",
    }
  }

  exec { 'garrison-agent-token':
    command  => 'umask 077; printf "%s\n" "$TOKEN" > "$TARGET"',
    provider => shell,
    environment => ["TOKEN=${token.unwrap}", "TARGET=${root}/etc/garrison-agent/token"],
    unless   => "test -e ${root}/var/lib/garrison-agent/host.json || test -e ${root}/etc/garrison-agent/token",
    require  => File["${root}/etc/garrison-agent"],
  }

  if $root == '' {
    exec { 'garrison-agent-reload':
      command     => '/bin/systemctl daemon-reload',
      refreshonly => true,
      subscribe   => $units.map |$unit| { File["/etc/systemd/system/${unit}"] },
    }
    -> service { 'garrison-agent-enrol.service':
      enable  => true,
      require => Exec['garrison-agent-token'],
    }
    -> exec { 'garrison-agent-enrol':
      command => '/bin/systemctl start garrison-agent-enrol.service',
      unless  => '/usr/bin/test -e /var/lib/garrison-agent/host.json',
    }
    -> service { 'garrison-agent.service':
      ensure    => running,
      enable    => true,
      subscribe => File['/opt/garrison-agent/garrison-agent.pyz'],
    }
  }
}
