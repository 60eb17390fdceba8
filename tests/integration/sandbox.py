"""A throw-away machine around a Debian root: own mounts, processes, network, host name.

The root is an overlay, so nothing survives. The machine's own files are out of reach
(`pivot_root`, then the old root is unmounted), nothing listens outside, and every process
dies with the first one, which ends when the test closes its standard input.

Inside there is `lo` and an `eth0` without an address, its other end up and unused. Units
do not run, as there is no service manager, unless the machine is booted: then process 1
is its own systemd, in control groups of its own, and the units of the root start.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Makes control groups of the machine's own, wherever systemd looks for some; the process
#: moves there and becomes the command. $1 is their name.
_CONTROL_GROUPS = r"""
set -eu
name=$1
shift
for tree in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
  if [ -e "$tree/cgroup.procs" ]; then
    mkdir "$tree/$name"
    echo $$ >"$tree/$name/cgroup.procs"
  fi
done
exec "$@"
"""

NAMESPACES = ("--mount", "--pid", "--net", "--uts", "--ipc")

ENVIRONMENT = (
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root",
    "LANG=C.UTF-8",
)

#: Where `activate --root=` finds its target in a sandbox that was given one.
TARGET = "/target"

# $1 scratch directory, $2 lower layers, $3 target's upper directory or nothing,
# $4 target's lower layers, $5 `boot` or nothing. Prints the process id (as seen from
# outside) when ready.
_SETUP = r"""
set -eu
umask 022
read -r pid rest </proc/self/stat
W=$1 R=$1/root
mount --make-rprivate /
mount -t tmpfs tmpfs "$W"
mkdir "$W/upper" "$W/work" "$R"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$W/upper,workdir=$W/work" "$R"
mount -t proc proc "$R/proc"
for path in sys sysrq-trigger; do
  if [ -e "$R/proc/$path" ]; then
    mount --bind "$R/proc/$path" "$R/proc/$path"
    mount -o remount,bind,ro "$R/proc/$path"
  fi
done
mount -t sysfs -o ro sysfs "$R/sys"
mount -t tmpfs -o mode=755 tmpfs "$R/run"
mount -t tmpfs -o mode=1777 tmpfs "$R/tmp"
mount -t tmpfs -o mode=755 tmpfs "$R/dev"
for node in null:3 zero:5 full:7 random:8 urandom:9; do
  mknod -m 666 "$R/dev/${node%:*}" c 1 "${node#*:}"
done
mkdir -p "$R/dev/pts" "$R/dev/shm" "$R/run/lock" "$R/run/sshd" "$R/run/old"
chmod 1777 "$R/dev/shm" "$R/run/lock"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$R/dev/pts"
ln -s pts/ptmx "$R/dev/ptmx"
ln -s /proc/self/fd "$R/dev/fd"
if [ -n "$3" ]; then
  mkdir "$R/target"
  mount -t overlay overlay -o "lowerdir=$4,upperdir=$3/upper,workdir=$3/work" "$R/target"
fi
hostname sandbox
ip link set lo up
ip link add eth0 type veth peer name peer0
ip link set eth0 up
ip link set peer0 up
if [ "$5" = boot ]; then
  # As the machine around has them: one tree, or systemd's own beside older ones.
  if [ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ]; then
    mount -t cgroup2 cgroup2 "$R/sys/fs/cgroup"
  else
    mount -t tmpfs tmpfs "$R/sys/fs/cgroup"
    mkdir "$R/sys/fs/cgroup/unified" "$R/sys/fs/cgroup/systemd"
    mount -t cgroup2 cgroup2 "$R/sys/fs/cgroup/unified"
    mount -t cgroup -o none,name=systemd cgroup "$R/sys/fs/cgroup/systemd"
  fi
  printf '%s' "$pid" | md5sum | cut -c1-32 >"$R/etc/machine-id"
fi
cd "$R"
pivot_root . run/old
cd /
if [ "$5" = boot ]; then
  exec chroot . /bin/sh -c 'umount -l /run/old && rmdir /run/old && echo "ready $1" &&
    exec /usr/bin/env -i container=vcfg PATH=/usr/sbin:/usr/bin:/sbin:/bin \
      /lib/systemd/systemd --system --show-status=no >/dev/null 2>&1' _ "$pid"
fi
# Bash, because it reaps the daemons that are handed to process 1.
exec chroot . /bin/bash -c '
  umount -l /run/old && rmdir /run/old && echo "ready $1" && exec >/dev/null 2>&1
  while read -r _; do :; done' _ "$pid"
"""


@dataclass(frozen=True)
class Result:
    """What a script in the sandbox said: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Both streams, output first."""
        return self.out + self.err

    @property
    def lines(self) -> list[str]:
        """The lines of the output."""
        return self.out.splitlines()


class ScriptFailed(AssertionError):
    """A script that had to succeed did not; the text holds all it said."""


class Sandbox:
    """One machine; use it as a context.

    `layers` are directories, topmost first, of which the root is an overlay. With `target`,
    a directory, a second overlay of `lower` is mounted at TARGET whose changes are kept in
    `target/upper`; that directory can be a layer of later sandboxes. With `boot` the root's
    own systemd runs, and the context begins when it has started everything.
    """

    def __init__(
        self,
        layers: Sequence[Path],
        *,
        target: Path | None = None,
        lower: Sequence[Path] = (),
        boot: bool = False,
    ) -> None:
        """Remember what to mount; nothing happens before the context is entered."""
        self._layers = ":".join(map(str, layers))
        self._target = "" if target is None else str(target)
        self._lower = ":".join(map(str, lower))
        self._boot = boot
        self._pid = 0

    def __enter__(self) -> Self:
        """Start the machine."""
        self._scratch = tempfile.mkdtemp(prefix="vcfg-sandbox-")
        if self._target:
            for name in ("upper", "work"):
                Path(self._target, name).mkdir(exist_ok=True)
                # The upper directory's own mode is the mode of the root.
                Path(self._target, name).chmod(0o755)
        how = "boot" if self._boot else ""
        arguments = (self._scratch, self._layers, self._target, self._lower, how)
        command = ["--fork", "--kill-child", "sh", "-c", _SETUP, "_", *arguments]
        self._init = subprocess.Popen(
            [*self._unshare(), *NAMESPACES, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._init.stdout is not None
        word, _, pid = self._init.stdout.readline().partition(" ")
        if word != "ready":
            said = self._init.communicate()[1]
            Path(self._scratch).rmdir()
            message = f"the sandbox did not start\n{said}"
            raise RuntimeError(message)
        self._pid = int(pid)
        if self._boot:
            self.wait("systemctl is-system-running --wait 2>/dev/null | grep -q -e run -e degraded")
        return self

    def _unshare(self) -> list[str]:
        """The program that makes the namespaces, and what has to stand before it."""
        if not self._boot:
            return ["unshare"]
        # Nothing tells systemd that the test has ended, so its end is tied to ours.
        tied = ["setpriv", "--pdeathsig", "KILL"]
        group = Path(self._scratch).name
        return ["sh", "-c", _CONTROL_GROUPS, "_", group, *tied, "unshare", "--cgroup"]

    def __exit__(self, *_: object) -> None:
        """End the machine with all its processes."""
        if self._boot:
            self._init.kill()
        self._init.communicate()
        if self._boot:
            self._remove_control_groups()
        Path(self._scratch).rmdir()

    def control_groups(self) -> list[Path]:
        """Where the control groups of a booted machine are, if the hierarchy is in use."""
        name = Path(self._scratch).name
        return [Path("/sys/fs/cgroup", tree, name) for tree in ("", "unified", "systemd")]

    def _remove_control_groups(self) -> None:
        """Take the emptied control groups away, innermost first."""
        for top in self.control_groups():
            end = time.monotonic() + 10
            while top.is_dir():
                for folder, _inner, _files in os.walk(top, topdown=False):
                    with suppress(OSError):
                        Path(folder).rmdir()
                if time.monotonic() > end:
                    message = f"control group {top} is not empty"
                    raise RuntimeError(message)

    def _command(self, script: str, user: str | None) -> list[str]:
        who = ["runuser", "-u", user, "--"] if user else []
        entry = ["nsenter", f"--target={self._pid}", *NAMESPACES]
        return [*entry, "env", "-i", *ENVIRONMENT, *who, "sh", "-c", script]

    def run(
        self, script: str, *, user: str | None = None, check: bool = True, timeout: float = 60
    ) -> Result:
        """Run a shell script inside and wait for the shell, not for daemons it leaves.

        With `check`, raises ScriptFailed unless it exits 0.
        """
        # Files, not pipes: a daemon that keeps a pipe open would keep us waiting.
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            code = subprocess.run(
                self._command(script, user),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                timeout=timeout,
                check=False,
            ).returncode
            texts = []
            for stream in (out, err):
                stream.seek(0)
                texts.append(stream.read().decode(errors="replace"))
        result = Result(code, *texts)
        if check and code != 0:
            message = f"exit {code} from: {script}\n{result.said}"
            raise ScriptFailed(message)
        return result

    def wait(self, condition: str, *, seconds: float = 30) -> None:
        """Wait until a shell condition holds; raises ScriptFailed when it does not."""
        rounds = round(seconds * 10)
        loop = f"for i in $(seq {rounds}); do {{ {condition}; }} && exit 0; sleep 0.1; done; exit 1"
        self.run(loop, timeout=seconds * 3)

    def put(self, path: str, content: bytes | str) -> None:
        """Write a file inside; parent directories are made, the mode is 0644."""
        data = content.encode() if isinstance(content, str) else content
        place = shlex.quote(path)
        subprocess.run(
            self._command(f'umask 022; mkdir -p "$(dirname {place})"; cat > {place}', None),
            input=data,
            check=True,
        )

    def read(self, path: str) -> str:
        """The text of a file inside."""
        return self.run(f"cat {shlex.quote(path)}").out

    def connect(self, other: Sandbox) -> None:
        """Put the other machine's eth0 on one network with this one's."""
        self.run(
            "[ -e /sys/class/net/switch ] || { ip link add switch type bridge;"
            " ip link set peer0 master switch; ip link set switch up; }"
        )
        port = f"peer{other._pid}"
        moved = ["ip", "link", "set", "peer0", "netns", str(self._pid), "name", port]
        subprocess.run(["nsenter", f"--target={other._pid}", "--net", *moved], check=True)
        self.run(f"ip link set {port} master switch; ip link set {port} up")

    @contextmanager
    def daemon(self, command: str) -> Iterator[str]:
        """A program in the background while the context lasts; gives its log's path.

        It is ended by TERM and must then end by itself within half a minute.
        """
        log = f"/run/daemon-{os.urandom(4).hex()}.log"
        pid = self.run(f"setsid {command} >{log} 2>&1 </dev/null & echo $!").out.strip()
        try:
            yield log
        finally:
            self.run(f"kill {pid}", check=False)
            self.wait(f"! kill -0 {pid} 2>/dev/null")
            self.run(f"kill -KILL -{pid} 2>/dev/null", check=False)

    @contextmanager
    def syslog(self) -> Iterator[list[str]]:
        """Listen on the sandbox's `/dev/log`; the list grows while the context lasts."""
        path = f"/proc/{self._pid}/root/dev/log"
        heard: list[str] = []
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(path)
            Path(path).chmod(0o666)
            listener.settimeout(0.1)
            over = threading.Event()
            ear = threading.Thread(target=_listen, args=(listener, heard, over))
            ear.start()
            try:
                yield heard
            finally:
                over.set()
                ear.join()
                Path(path).unlink()


def _listen(listener: socket.socket, heard: list[str], over: threading.Event) -> None:
    """Collect datagrams until told to stop, then what is still waiting."""
    while True:
        try:
            heard.append(listener.recv(65536).decode(errors="replace"))
        except TimeoutError:
            if over.is_set():
                return


def sandbox_refusal() -> str | None:
    """Why no sandbox can be made here, or None."""
    tried = subprocess.run(
        ["unshare", *NAMESPACES, "--fork", "true"], capture_output=True, text=True, check=False
    )
    return tried.stderr.strip() or "unshare failed" if tried.returncode else None
