"""Entry point: dispatch a verb, or build the full app for help and completion.

Exit codes: 0 fine, 1 findings, 2 called wrongly or file not found, 70 a bug of ours. Who was
interrupted, told to end or lost the reader of its output ends as the signal would: 130, 143, 141.
"""

from __future__ import annotations

import io
import os
import sys

import evaluator


class Ended(BaseException):
    """This process was told to end; the argument is the number of the signal."""


def main() -> None:
    """Run the command line of this process and leave; output is flushed, nothing is torn down."""
    import gc

    gc.disable()
    _prepare_streams()
    _hear_of_the_end()
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError as problem:
        code = _unwritten(problem)
    try:
        sys.stderr.flush()
    except OSError:
        code = code or 2
    if "coverage" in sys.modules:
        sys.exit(code)
    os._exit(code)


def _prepare_streams() -> None:
    """What is written is UTF-8 in any locale; a closed stream swallows what is said to it.

    With PYTHONUNBUFFERED, Python forgets what a full disk or a lost reader did not take.
    """
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - stays open until we leave
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - stays open until we leave
    if isinstance(sys.stdout, io.TextIOWrapper):
        raw = sys.stdout.buffer
        if isinstance(raw, io.RawIOBase):
            sys.stdout = io.TextIOWrapper(io.BufferedWriter(raw))
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")


def _hear_of_the_end() -> None:
    """Let what was begun be cleared away before we go, unless somebody wants us to stay."""
    # Behind `signal`, which would make names of all numbers first, and which types know.
    signals = __import__("_signal")
    for number in (signals.SIGTERM, signals.SIGHUP):
        if signals.getsignal(number) == signals.SIG_DFL:
            signals.signal(number, _end)


def _end(number: int, _frame: object) -> None:
    raise Ended(number)


def run(argv: list[str]) -> int:
    """Run one command in this process and return its exit code."""
    try:
        return _run(argv)
    except OSError as problem:
        return _unwritten(problem) if _is_output(problem) else _bug(argv)
    except MemoryError:
        print("vcfg: this configuration needs more memory than there is", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("vcfg: interrupted", file=sys.stderr)
        return 130
    except Ended as ended:
        return 128 + int(ended.args[0])
    except Exception:  # noqa: BLE001 - the one place where a bug of ours is caught and named
        return _bug(argv)


def _run(argv: list[str]) -> int:
    if argv and argv[0] in ("--version", "-V"):
        print(f"vcfg {evaluator.__version__}")
        return 0
    if "_VCFG_COMPLETE" in os.environ:
        from evaluator.cli.completion import complete

        code = complete(os.environ)
        if code is not None:
            return code
    from evaluator.cli.arguments import UsageError, parse_arguments

    try:
        arguments = parse_arguments(argv)
    except UsageError as problem:
        print(f"vcfg: {problem}", file=sys.stderr)
        return 2
    if arguments is None:
        from evaluator.cli.help import run_app

        return run_app(argv)
    try:
        return _answer(arguments)
    except UsageError as problem:
        print(f"vcfg: {problem}", file=sys.stderr)
        return 2


def _answer(arguments: object) -> int:
    name = arguments.verb.name  # type: ignore[attr-defined]
    # As `importlib.import_module` does, which would have to be loaded.
    module = __import__(f"evaluator.cli.verb_{name}", fromlist=["answer"])
    code: int = module.answer(arguments)
    return code


def _is_output(problem: OSError) -> bool:
    """Whether writing to standard output failed: no file was named."""
    return problem.filename is None and not isinstance(problem, FileNotFoundError)


def _unwritten(problem: OSError) -> int:
    """Standard output takes no more: say why, unless nobody is there to read it."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - stays open until we leave
    if isinstance(problem, BrokenPipeError):
        return 141
    reason = (problem.strerror or str(problem)).lower()
    try:
        print(f"vcfg: standard output cannot be written: {reason}", file=sys.stderr)
    except OSError:
        # It was standard error itself: nobody is left to be told.
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - stays open until we leave
    return 2


def _bug(argv: list[str]) -> int:
    import traceback

    print(
        "vcfg: this is a bug of vcfg, not of your configuration\n"
        "please report it with the command, the files, and what follows\n"
        f"  vcfg {evaluator.__version__}, Python {sys.version.split()[0]}, {' '.join(argv)}",
        file=sys.stderr,
    )
    traceback.print_exc()
    return 70
