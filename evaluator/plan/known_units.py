"""Units that Debian's packages bring, as far as configurations are likely to name them.

Only a misspelt name is looked up here: a unit that is not in the list may still come from a
package.
"""

from __future__ import annotations

from functools import cache

TARGETS = """
    basic bluetooth boot-complete cryptsetup default emergency first-boot-complete ganeti
    ganeti-master ganeti-node getty getty-pre graphical halt hibernate initrd-root-fs
    integritysetup kexec local-fs local-fs-pre machines multi-user network network-online
    network-pre nfs-client nss-lookup nss-user-lookup paths poweroff printer reboot
    remote-cryptsetup remote-fs remote-fs-pre rescue rpcbind shutdown sleep slices smartcard
    sockets sound suspend swap sysinit system-update time-set time-sync timers umount usb-gadget
    veritysetup virt-guest-shutdown
"""
SERVICES = """
    acpid alsa-restore anacron apache2 apparmor apt-daily apt-daily-upgrade atd auditd autofs
    avahi-daemon bind9 bird blk-availability bluetooth ceph-mgr@ ceph-mon@ ceph-osd@ chrony chronyd
    clamav-daemon clamav-freshclam cloud-config cloud-final cloud-init cloud-init-local colord
    conntrackd console-getty console-setup containerd corosync cron cryptdisks cups cups-browsed
    dbus debug-shell dhcpcd dm-event dnsmasq docker dovecot dpkg-db-backup drbd drbd@ e2scrub_all
    e2scrub_reap etcd exim4 fail2ban firewalld frr fstrim ganeti ganeti-cleaner ganeti-common
    ganeti-confd ganeti-kvmd ganeti-luxid ganeti-metad ganeti-mond ganeti-noded ganeti-rapi
    ganeti-watcher ganeti-wconfd gdm getty@ glusterd gpm grafana-server haproxy haveged hostapd
    ifup@ ifupdown-pre ifupdown-wait-online inetutils-inetd irqbalance isc-dhcp-server iscsid iwd
    kea-dhcp4-server keepalived keyboard-setup ksm ksmtuned kubelet ldap libvirt-guests libvirtd
    lightdm lldpd logrotate lvm2-lvmpolld lvm2-monitor lxc lxc-net lxc@ lxd man-db mariadb mdadm
    mdmonitor memcached ModemManager multipathd munin-node mysql named netfilter-persistent
    networking NetworkManager NetworkManager-wait-online nfs-blkmap nfs-kernel-server nfs-server
    nftables nginx nscd nslcd nsd ntp ntpd ntpsec numad opendkim open-iscsi open-vm-tools openvpn
    openvpn@ openvpn-client@ openvpn-server@ openvswitch-switch ovs-vswitchd ovsdb-server pacemaker
    packagekit pdns pdns-recursor php8.2-fpm podman podman-restart polkit postfix postgresql
    postgresql@ procps prometheus prometheus-node-exporter proftpd qemu-guest-agent quota quotaon
    radvd rbdmap rc-local redis redis-server resolvconf rpcbind rpc-statd rsync rsyslog
    rtkit-daemon samba samba-ad-dc serial-getty@ slapd smartd smartmontools smbd snapd snmpd
    spice-vdagentd squid ssh ssh@ sshd sssd strongswan strongswan-starter stunnel4 stunnel@ sysstat
    systemd-binfmt systemd-boot-update systemd-coredump@ systemd-cryptsetup@ systemd-firstboot
    systemd-fsck@ systemd-homed systemd-hostnamed systemd-importd systemd-journal-flush
    systemd-journal-remote systemd-journal-upload systemd-journald systemd-localed systemd-logind
    systemd-machined systemd-modules-load systemd-networkd systemd-networkd-wait-online
    systemd-networkd-wait-online@ systemd-nspawn@ systemd-oomd systemd-portabled systemd-pstore
    systemd-random-seed systemd-remount-fs systemd-repart systemd-resolved systemd-rfkill
    systemd-sysctl systemd-sysext systemd-sysusers systemd-time-wait-sync systemd-timedated
    systemd-timesyncd systemd-tmpfiles-clean systemd-tmpfiles-setup systemd-tmpfiles-setup-dev
    systemd-udev-settle systemd-udev-trigger systemd-udevd systemd-user-sessions systemd-userdbd
    systemd-vconsole-setup tftpd-hpa thermald tinc tinc@ tor transmission-daemon tuned udev udisks2
    ufw ulogd2 unattended-upgrades unbound upower user@ uuidd vault virtinterfaced virtlockd
    virtlogd virtlxcd virtnetworkd virtnodedevd virtnwfilterd virtproxyd virtqemud virtsecretd
    virtstoraged virtvboxd virtxend vnstat vsftpd watchdog wg-quick@ wpa_supplicant wpa_supplicant@
    xendomains xe-daemon xinetd zabbix-agent zabbix-server zed zfs-import-cache zfs-mount zfs-share
"""
SOCKETS = """
    acpid avahi-daemon cups dbus dm-event docker iscsid libvirtd libvirtd-admin libvirtd-ro
    libvirtd-tcp libvirtd-tls lvm2-lvmpolld lxd multipathd pcscd podman rpcbind rsync snapd ssh
    sssd-nss sssd-pam sssd-sudo syslog systemd-initctl systemd-journal-remote systemd-journald
    systemd-journald-audit systemd-journald-dev-log systemd-networkd systemd-oomd systemd-rfkill
    systemd-udevd-control systemd-udevd-kernel systemd-userdbd uuidd virtlockd virtlockd-admin
    virtlogd virtlogd-admin virtnetworkd virtnetworkd-admin virtnetworkd-ro virtnodedevd
    virtnodedevd-admin virtnodedevd-ro virtproxyd virtproxyd-admin virtproxyd-ro virtproxyd-tcp
    virtproxyd-tls virtqemud virtqemud-admin virtqemud-ro virtsecretd virtsecretd-admin
    virtsecretd-ro virtstoraged virtstoraged-admin virtstoraged-ro
"""
TIMERS = """
    anacron apt-daily apt-daily-upgrade certbot chkrootkit dpkg-db-backup e2scrub_all exim4-base
    fstrim fwupd-refresh logrotate man-db mdcheck_continue mdcheck_start mdmonitor-oneshot
    phpsessionclean plocate-updatedb podman-auto-update sysstat-collect sysstat-summary
    systemd-tmpfiles-clean unattended-upgrades
"""
PATHS = """
    acpid apache-htcacheclean cups postfix-resolvconf systemd-ask-password-console
    systemd-ask-password-wall unattended-upgrades
"""
KINDS = {
    "target": TARGETS,
    "service": SERVICES,
    "socket": SOCKETS,
    "timer": TIMERS,
    "path": PATHS,
}
# What people call a unit that Debian calls otherwise.
ELSEWHERE = {
    "apache.service": "apache2.service",
    "crond.service": "cron.service",
    "httpd.service": "apache2.service",
    "libvirt.service": "libvirtd.service",
    "libvirt.socket": "libvirtd.socket",
    "openssh.service": "ssh.service",
    "openssh.socket": "ssh.socket",
    "openssh-server.service": "ssh.service",
    "sshd.socket": "ssh.socket",
}


@cache
def known_units() -> frozenset[str]:
    """The full names of all units in the list; a template's ends with `@` and its kind."""
    return frozenset(f"{name}.{kind}" for kind, names in KINDS.items() for name in names.split())
