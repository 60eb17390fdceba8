"""Cron schedules: five fields read strictly, and the same as a systemd calendar expression.

Stricter than the daemon where the daemon is silent: it reads `5/10` as 5, never runs
`30-10` or `0 0 31 2 *`, and takes `*/90` for 0. Such lines are mistakes here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    Part = tuple[int, int, int | None]

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

NICKNAMES: dict[str, str | None] = {
    "@reboot": None,
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}

_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WEEK = 7


class Field:
    """One of the five columns: its name, legal numbers, and words that stand for numbers."""

    __slots__ = ("high", "low", "name", "names")

    def __init__(self, name: str, low: int, high: int, names: tuple[str, ...] = ()) -> None:
        self.name = name
        self.low = low
        self.high = high
        self.names = names


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of month", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day of week", 0, 7, DAYS),
)


class Column:
    """One field as read: `parts` are (first, last, step), `every` if it starts with `*`.

    The step is None where none was written; a single number has first equal to last.
    """

    __slots__ = ("every", "parts")

    def __init__(self, parts: list[Part], *, every: bool) -> None:
        self.parts = parts
        self.every = every

    def numbers(self) -> set[int]:
        """All numbers the field stands for."""
        found: set[int] = set()
        for first, last, step in self.parts:
            found.update(range(first, last + 1, step or 1))
        return found


def read_schedule(text: str) -> list[Column] | None:
    """The five columns of a schedule, None for `@reboot`; ValueError says what is wrong."""
    if "\n" in text or "\r" in text:
        raise ValueError("it has more than one line")
    if text.startswith("@"):
        if text not in NICKNAMES:
            raise ValueError(f"`{text}` is none of {', '.join(NICKNAMES)}")
        text = NICKNAMES[text] or ""
        if not text:
            return None
    words = text.split()
    if len(words) != len(FIELDS):
        names = ", ".join([field.name for field in FIELDS])
        more = ", and no seconds" if len(words) == len(FIELDS) + 1 else ""
        count = "1 field" if len(words) == 1 else f"{len(words)} fields"
        raise ValueError(f"it has {count} instead of five: {names}{more}, as in `*/5 * * * *`")
    columns = [_read_field(word, field) for word, field in zip(words, FIELDS, strict=True)]
    _check_dates(columns)
    return columns


def _read_field(text: str, field: Field) -> Column:
    return Column([_read_part(part, field) for part in text.split(",")], every=text[0] == "*")


def _read_part(text: str, field: Field) -> Part:
    """One element of a field's list: `*`, `5`, `1-5`, `mon-fri`, `*/5`, `1-30/2`."""
    extent, slash, step_text = text.partition("/")
    if extent == "*":
        # Sunday is both 0 and 7; every day is each of them once.
        first, last = field.low, min(field.high, _WEEK - 1) if field.names is DAYS else field.high
    else:
        start, dash, end = extent.partition("-")
        first = _number(start, field)
        last = _number(end, field) if dash else first
        if first > last:
            better = f"; write {start}-7" if field.names is DAYS and last == 0 else ""
            raise ValueError(f"the range `{extent}` of {field.name} runs backwards{better}")
        if slash and not dash:
            raise ValueError(f"a step needs a range: write `{start}-{field.high}/{step_text}`")
    if not slash:
        return first, last, None
    if not (step_text.isascii() and step_text.isdigit()) or int(step_text[:4]) == 0:
        raise ValueError(f"the step `/{step_text}` of {field.name} is no number above zero")
    step = int(step_text[:4])
    if step > last - first:
        raise ValueError(f"the step `/{step_text}` of {field.name} is longer than its range")
    return first, last, step


def _number(text: str, field: Field) -> int:
    """A number or name of a field."""
    if text.lower() in field.names:
        return field.names.index(text.lower()) + (field.low if field.names is MONTHS else 0)
    if not (text.isascii() and text.isdigit()):
        wanted = f"{field.low} to {field.high}"
        if field.names:
            wanted += f" or {field.names[0]} to {field.names[-1]}"
        raise ValueError(f"`{text}` is no {field.name}, which is {wanted}")
    number = int(text[:4])
    if not field.low <= number <= field.high:
        raise ValueError(f"{text} is no {field.name}, which is {field.low} to {field.high}")
    return number


def _check_dates(columns: list[Column]) -> None:
    """Refuse days that none of the months has; a day of the week may still make it happen."""
    days, months, week = columns[2], columns[3], columns[4]
    if not week.every:
        return
    longest = max([_LONGEST_MONTH[month - 1] for month in months.numbers()])
    if min(days.numbers()) > longest:
        raise ValueError("it never happens: no month of the schedule has that day")


def cron_to_calendar(schedule: str) -> str:
    """The schedule as systemd's `OnCalendar=` takes it, in systemd's own normal form.

    Raises ValueError in words for what one calendar expression cannot say: `@reboot`, and a
    day of the month together with a day of the week, which cron reads as "either".
    """
    found = cron_to_calendars(schedule)
    if len(found) > 1:
        raise ValueError(
            "cron runs it when either day of month or day of week fits, which takes two "
            "calendar expressions"
        )
    return found[0]


def cron_to_calendars(schedule: str) -> list[str]:
    """The schedule as one or two calendar expressions; it is due when one of them is.

    Raises ValueError for `@reboot`, which is no time.
    """
    columns = read_schedule(schedule)
    if columns is None:
        raise ValueError("`@reboot` is no time; use `OnBootSec=` in a timer")
    minute, hour, day, month, week = columns
    time = f"{_calendar(hour, FIELDS[1])}:{_calendar(minute, FIELDS[0])}:00"
    months = _calendar(month, FIELDS[3])
    days = _calendar(day, FIELDS[2])
    # With a `*` at the start of one of the two, cron wants both to fit.
    if day.every or week.every:
        return [f"{_week_days(week)}*-{months}-{days} {time}"]
    return list(
        dict.fromkeys([f"*-{months}-{days} {time}", f"{_week_days(week)}*-{months}-* {time}"])
    )


def _calendar(column: Column, field: Field) -> str:
    """One column in systemd's notation: `*`, `00/5`, `01..29/2`, `05,10`.

    A step that does not come out even has its last number with it: systemd 252 leaves out the
    first run of some days and hours otherwise, 00:00 of `*:00/7` for instance.
    """
    texts: list[str] = []
    for first, last, step in column.parts:
        whole = (first, last) == (field.low, field.high)
        if whole and step in {None, 1}:
            return "*"
        if whole and step and (last - first + 1) % step == 0 and field.name != "day of month":
            texts.append(f"{first:02}/{step}")
        elif first == last:
            texts.append(f"{first:02}")
        elif step and step > 1:
            texts.append(f"{first:02}..{last - (last - first) % step:02}/{step}")
        else:
            texts.append(f"{first:02}..{last:02}")
    return ",".join(texts)


def _week_days(column: Column) -> str:
    """The days of the week, Monday first, three and more in a row as a range."""
    numbers = sorted({(number - 1) % _WEEK for number in column.numbers()})
    if len(numbers) == _WEEK:
        return ""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts: list[str] = []
    for run in runs:
        named = [DAYS[(number + 1) % _WEEK].capitalize() for number in run]
        texts += [f"{named[0]}..{named[-1]}"] if len(run) > 2 else named
    return ",".join(texts) + " "
