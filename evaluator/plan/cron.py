"""Files in `/etc/cron.d`: what cron would skip without a word is refused here."""

from __future__ import annotations

from evaluator.diagnostics.model import Edit, Help
from evaluator.plan.accounts import good_name
from evaluator.plan.errors import option_path
from evaluator.plan.paths import has_control, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.plan.errors import Findings
    from evaluator.source import Span

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
FILE_NAME = LETTERS + "0123456789_-"
VARIABLE = LETTERS + "0123456789_"
NICKNAMES = (
    "@reboot",
    "@yearly",
    "@annually",
    "@monthly",
    "@weekly",
    "@daily",
    "@midnight",
    "@hourly",
)
MONTHS = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, dict(zip(MONTHS, range(1, 13), strict=True))),
    ("day of the week", 0, 7, dict(zip(DAYS, range(7), strict=True))),
)


def schedule_fault(schedule: str) -> str:
    """What is wrong with a schedule, in words that continue "the schedule …"; "" if nothing."""
    if schedule.startswith("@"):
        return "" if schedule in NICKNAMES else "is none of " + ", ".join(NICKNAMES)
    fields = schedule.split()
    if len(fields) != len(FIELDS):
        return f"has {len(fields)} fields instead of {len(FIELDS)}"
    for written, (name, low, high, names) in zip(fields, FIELDS, strict=True):
        for part in written.split(","):
            if not _field_part(part, low, high, names):
                return f"has a {name} that cron does not know: `{printable(written)}`"
    return ""


def _field_part(part: str, low: int, high: int, names: dict[str, int]) -> bool:
    body, slash, step = part.partition("/")
    if slash and not (step.isascii() and step.isdigit() and 0 < int(step) <= max(high, 1)):
        return False
    if body == "*":
        return True
    ends = body.split("-")
    if len(ends) > 2 or (slash and len(ends) == 1):
        return False
    numbers = [_number(end, names) for end in ends]
    known = [n for n in numbers if n is not None]
    return (
        len(known) == len(numbers)
        and all(low <= n <= high for n in known)
        and known == sorted(known)
    )


def _number(text: str, names: dict[str, int]) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text)
    return names.get(text.lower())


def unescaped_percent(command: str) -> bool:
    """Whether a `%` stands there that cron would turn into a line end."""
    before = ""
    for c in command:
        if c == "%" and before != "\\":
            return True
        before = c
    return False


def check_cron(files: dict[str, Any], findings: Findings) -> None:
    """Check every file, job and variable; problems are reported."""
    for name in sorted(files):
        path = option_path("cron", name)
        if not name or any(c not in FILE_NAME for c in name):
            findings.report(
                path,
                f"cron would never read `/etc/cron.d/{printable(name)}`",
                "this name",
                help="use letters, digits, `_` and `-` only; a dot makes cron skip the file",
            )
        _check_environment(name, files[name].get("environment", {}), findings)
        for job, entry in sorted(files[name].get("jobs", {}).items()):
            _check_job(name, job, entry, findings)
        _check_extra(name, files[name].get("extra", ""), findings)


def _check_environment(name: str, environment: dict[str, str], findings: Findings) -> None:
    for variable, value in sorted(environment.items()):
        good = variable and not variable[0].isdigit() and all(c in VARIABLE for c in variable)
        if not good or has_control(value):
            findings.report(
                option_path("cron", name, "environment", variable),
                f"cron cannot set the variable `{printable(variable)}`",
                "this variable" if not good else "its value is not one line",
            )


def _check_job(name: str, job: str, entry: dict[str, Any], findings: Findings) -> None:
    path = option_path("cron", name, "jobs", job)
    if has_control(job):
        findings.report(path, f"The job name `{printable(job)}` is not one line", "this name")
    wrong = schedule_fault(entry["schedule"])
    if wrong:
        findings.report(
            option_path("cron", name, "jobs", job, "schedule"),
            f"The schedule of cron job `{printable(job)}` {wrong}",
            "this schedule",
        )
    if not good_name(entry.get("user", "root")):
        findings.report(
            option_path("cron", name, "jobs", job, "user"),
            f"`{printable(entry['user'])}` is no name of an account",
            f"the user of cron job `{printable(job)}`",
        )
    command = entry["command"]
    where = option_path("cron", name, "jobs", job, "command")
    if not command.strip() or has_control(command.replace("\t", " ")):
        findings.report(
            where,
            f"The command of cron job `{printable(job)}` is not one line of text",
            "this command",
            help="put several commands into a script of their own",
        )
    elif unescaped_percent(command):
        findings.report(
            where,
            f"cron would read the `%` in the command of job `{printable(job)}` as a line end",
            "this command",
            help=_percent_help(command, findings.literal(where)),
        )


def _percent_help(command: str, span: Span | None) -> Help:
    """How a percent sign is written, and the edit where the text stands there as it is."""
    said = 'write `\\\\%` for a percent sign, or `\\%` in a raw string, `r"…"`'
    if span is None:
        return Help(said)
    source, start, end = span
    written = source.text[start:end]
    for quote, escape in (('"', "\\\\"), ('r"', "\\")):
        # Without escapes and holes the text is what it says.
        if written == f'{quote}{command}"' and "\\" not in command:
            edits = tuple(
                [
                    Edit((source, start + at, start + at), escape)
                    for at, character in enumerate(written)
                    if character == "%"
                ]
            )
            return Help(said, edits, certain=True)
    return Help(said)


def _check_extra(name: str, extra: str, findings: Findings) -> None:
    if has_control(extra.replace("\n", "").replace("\t", "")):
        findings.report(
            option_path("cron", name, "extra"),
            f"The extra lines of cron file `{printable(name)}` contain a control character",
            "this text",
        )


def cron_text(entry: dict[str, Any]) -> str:
    """The file of one plan entry: environment, jobs under their names, extra lines."""
    lines = [f"{key}={_value(value)}" for key, value in sorted(entry["environment"].items())]
    for job in entry["jobs"]:
        lines.append(f"# {job['name']}")
        lines.append(f"{job['schedule']} {job['user']} {job['command']}")
    text: str = "".join(line + "\n" for line in lines) + entry["extra"]
    return text if text.endswith("\n") or not text else text + "\n"


def _value(value: str) -> str:
    """cron strips blanks around a value unless it is quoted."""
    if value and value == value.strip() and value[0] not in "\"'":
        return value
    quote = "'" if '"' in value else '"'
    return quote + value + quote
