"""A machine that ends or falls silent when it is not to is noticed at once, and its words shown."""

from __future__ import annotations

import socket
import subprocess
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from . import guest as machine
from .guest import Guest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def guest(tmp_path: Path) -> Guest:
    """A machine of which there is nothing but the console."""
    (tmp_path / "console").write_text("Kernel panic\r\n")
    return Guest(tmp_path)


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process in place of QEMU."""
    with subprocess.Popen(words) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_machine_that_ended_is_not_waited_for(guest: Guest) -> None:
    with running("false") as process:
        process.wait()
        with pytest.raises(AssertionError, match=r"ended: 1\nKernel panic"):
            guest.hear("ready", process)
        with pytest.raises(AssertionError, match=r"ended: 1\nKernel panic"):
            guest.save(process)


def test_a_machine_that_hangs_is_not_waited_for_for_good(
    guest: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "PATIENCE", 0.05)
    with running("sleep", "60") as process:
        with pytest.raises(AssertionError, match=r"hangs\nKernel panic"):
            guest.hear("ready", process)
        with pytest.raises(AssertionError, match=r"hangs\nKernel panic"):
            guest.save(process)


def test_a_machine_that_closes_its_monitor_is_not_asked_again(guest: Guest) -> None:
    with running("sleep", "60") as process, socket.socket(socket.AF_UNIX) as monitor:
        monitor.bind(str(guest.folder / "monitor"))
        monitor.listen()
        hangs_up = threading.Thread(target=lambda: _answer_once(monitor))
        hangs_up.start()
        with pytest.raises(AssertionError, match=r"closed its monitor\nKernel panic"):
            guest.ask("", "info status", "status: running", process)
        hangs_up.join()


def _answer_once(monitor: socket.socket) -> None:
    """Hear one order and one question, then close."""
    said, _ = monitor.accept()
    with said:
        heard = b""
        while heard.count(b"\n") < 2:
            heard += said.recv(100)
