#!/bin/sh
# Runs in the booted image and says what it finds; the machine is switched off afterwards.
exec >/root/found 2>&1
export VCFG_SECRETS=/root/keys

ask() {
    echo "== $1"
    shift
    "$@" </dev/null
    code=$?
    [ "$code" -eq 0 ] || echo "exit $code"
}

limits() {
    virt-admin server-clients-info libvirtd | grep '^nclients_max ' | tr -s ' :' ' '
    virt-admin server-threadpool-info libvirtd | grep '^maxWorkers ' | tr -s ' :' ' '
}

ports() { ss -Hltn | grep -o -E ':(22|16555) ' | tr -d ' ' | sort -u; }

sockets() { systemctl is-enabled libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket; }

active() { systemctl is-active libvirtd.service libvirt-guests.service ssh.service cron.service; }

counted() {
    for _ in $(seq 150); do
        [ ! -s /run/counted ] || { echo yes && return; }
        sleep 1
    done
    return 1
}

look() {
    ask "$1 active" active
    ask "$1 limits" limits
    ask "$1 ports" ports
    ask "$1 word" cat /run/word
    ask "$1 check" sh "/root/$1" --live --check
    ask "$1 verify" sh "/root/$1" --live --verify
}

ask failed systemctl --failed --plain --no-legend
look first
ask sockets sockets
ask units systemctl is-enabled word.service fstrim.timer apt-daily.timer
ask sshd sh -c 'sshd -T | grep -E "^(permitrootlogin|passwordauthentication) "'
ask accounts id -nG ana
ask keys sh -c 'stat -c "%a %U" /etc/ssh/authorized_keys.d/ana /etc/pki/libvirt/private/serverkey.pem'
ask address sh -c 'ip -br address show br0 | grep -o 192.168.1.10/24'
ask guests sh -c '{ virsh -q pool-list --name; virsh -q net-list --name; } | grep -o "[a-z]*"'
ask formats sh -c 'head -n 1 /proc/sys/fs/binfmt_misc/qemu-aarch64'
ask cron counted
ask second sh /root/second --live
look second
ask failed-then systemctl --failed --plain --no-legend
echo '== end'
