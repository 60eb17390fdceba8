"""Made-up certificates for libvirt: an authority, a server, clients, one of them revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .sandbox import Sandbox

#: What `openssl ca` wants to know before it lists revoked certificates.
_AUTHORITY = """
[ca]
default_ca = authority
[authority]
database = /tmp/authority/index
crlnumber = /tmp/authority/number
certificate = /tmp/authority/ca.pem
private_key = /tmp/authority/ca.key
default_md = sha256
default_crl_days = 2
"""

_MAKE = r"""
set -e
mkdir -p /tmp/authority
cd /tmp/authority
: >index; echo 01 >number
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem
"""

_SIGN = r"""
set -e
cd /tmp/authority
openssl req -newkey rsa:2048 -nodes -subj "$1" -keyout "$3" -out request
printf '%s\n' "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:192.168.1.201" \
  "extendedKeyUsage=$2" >extensions
openssl x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
  -extfile extensions -out "$4"
"""


def make_authority(box: Sandbox) -> None:
    """Make the authority in `/tmp/authority`; its certificate is `ca.pem` there."""
    box.put("/tmp/authority/config", _AUTHORITY)
    box.put("/tmp/authority/sign", _SIGN)
    box.run(_MAKE)


def make_certificate(box: Sandbox, subject: str, usage: str, key: str, certificate: str) -> None:
    """Make a key and a certificate of the authority for it, at these paths."""
    box.run(f"mkdir -p $(dirname {key}) $(dirname {certificate})")
    box.run(f"sh /tmp/authority/sign '{subject}' '{usage}' {key} {certificate}")


def make_client(box: Sandbox, name: str, subject: str | None) -> None:
    """Make `/srv/clients/NAME` for `pkipath=`: the authority, and a certificate if it has one."""
    folder = f"/srv/clients/{name}"
    box.run(f"mkdir -p {folder}; cp /tmp/authority/ca.pem {folder}/cacert.pem")
    if subject is not None:
        key, certificate = f"{folder}/clientkey.pem", f"{folder}/clientcert.pem"
        make_certificate(box, subject, "clientAuth", key, certificate)
    box.run(f"chmod -R a+rX {folder}")


def revoke(box: Sandbox, certificate: str, crl: str) -> None:
    """Revoke a certificate and write the authority's list of such."""
    ca = "openssl ca -config /tmp/authority/config"
    box.run(f"{ca} -revoke {certificate} && {ca} -gencrl -out {crl}")


def make_built_in(box: Sandbox) -> None:
    """Make an authority and a server certificate where libvirtd looks by default."""
    make_authority(box)
    box.run("mkdir -p /etc/pki/CA; cp /tmp/authority/ca.pem /etc/pki/CA/cacert.pem")
    pki = "/etc/pki/libvirt"
    make_certificate(
        box, "/CN=localhost", "serverAuth", f"{pki}/private/serverkey.pem", f"{pki}/servercert.pem"
    )
