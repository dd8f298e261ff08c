"""What the same software is called in other distributions: rules name packages as one of them does."""

from __future__ import annotations

_SAME = (
    ("pam", "libpam-runtime"),
    ("libpwquality", "libpam-pwquality"),
    ("shadow-utils", "login", "passwd"),
    ("audit", "auditd"),
    ("openssh-server", "openssh"),
    ("grub2", "grub2-common", "grub2-tools"),
    ("sssd", "sssd-common"),
    ("avahi", "avahi-daemon"),
    ("net-snmp", "snmp", "snmpd"),
    ("nss-pam-ldapd", "libpam-ldap", "libpam-ldapd"),
    ("krb5-libs", "libkrb5-3"),
    ("apt_get", "apt"),
    ("bind", "bind9"),
    ("dhcp", "isc-dhcp-server", "dhcp-server"),
    ("dovecot", "dovecot-core"),
    ("httpd", "apache2"),
    ("samba", "samba"),
    ("cyrus-imapd", "cyrus-imapd"),
    ("openldap-servers", "slapd"),
    ("openldap-clients", "ldap-utils"),
    ("nfs-utils", "nfs-kernel-server", "nfs-common"),
    ("tftp-server", "tftpd-hpa", "tftpd"),
    ("vsftpd",),
    ("telnet-server", "telnetd", "inetutils-telnetd"),
    ("telnet", "inetutils-telnet"),
    ("rsh-server", "rsh-redone-server"),
    ("rsh", "rsh-client", "rsh-redone-client"),
    ("ypserv", "nis"),
    ("ypbind", "nis"),
    ("bluez", "bluez"),
    ("gdm", "gdm3"),
    ("xorg-x11-server-common", "xserver-common"),
    ("cron", "cronie"),
    ("ntp", "ntpsec"),
    ("net-snmp-utils", "snmp"),
)
_BY_NAME: dict[str, tuple[str, ...]] = {}
for _names in _SAME:
    for _name in _names[:1]:
        _BY_NAME[_name] = _names


def equivalents(name: str) -> tuple[str, ...]:
    """The name itself, and what others call it."""
    return _BY_NAME.get(name, (name,))
