"""Runs commands and says what each took; a process of its own, because it has to be small.

A finished process never shows a smaller peak than the one that started it, so whatever writes
workloads and reads answers cannot measure. Started as `python -I -S meter.py`, it takes one JSON
document per line: command, environment, where output and errors go, seconds it may take, and
whether the stack may grow without a limit. It answers with wall and CPU seconds, peak MiB, status.
"""

import json
import os
import resource
import signal
import sys
import time


def measure(
    command: list[str], environment: dict[str, str], output: str, errors: str, timeout: float
) -> tuple[float, float, float, int]:
    """Run one command to its end, or until its time is over."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, flags, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, errors, flags, 0o600),
    ]
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, environment, file_actions=files, setpgroup=0)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, timeout)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - started
    signal.setitimer(signal.ITIMER_REAL, 0)
    exit_code = os.waitstatus_to_exitcode(status)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, exit_code


def main() -> None:
    """Answer until nobody asks any more."""
    usual, most = resource.getrlimit(resource.RLIMIT_STACK)
    for line in sys.stdin:
        *what, is_deep = json.loads(line)
        resource.setrlimit(resource.RLIMIT_STACK, (most if is_deep else usual, most))
        print(json.dumps(measure(*what)), flush=True)


if __name__ == "__main__":
    main()
