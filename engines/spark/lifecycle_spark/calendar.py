"""Naive instants and the months that folders are named after."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta

BEGINNING = datetime(1, 1, 1)


def parse_instant(text: str) -> datetime:
    """A date, which is its 00:00, or a date and time without a zone."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is not None:
        raise ValueError(f"`{text}` has a zone; instants are the shop's own time")
    return instant


def months_before(instant: datetime, months: int) -> datetime:
    """An instant so many calendar months earlier, clamped at a month's end."""
    count = instant.year * 12 + instant.month - 1 - months
    if count < 12:
        return BEGINNING
    year, month = divmod(count, 12)
    day = min(instant.day, calendar.monthrange(year, month + 1)[1])
    return instant.replace(year=year, month=month + 1, day=day)


def folder(instant: datetime) -> str:
    """The month that an instant lies in, as folders are named."""
    return f"{instant.year:04}-{instant.month:02}"


def folders(start: datetime, end: datetime) -> dict[str, str]:
    """The first and the last month that `[start, end)` touches.

    The end is no part of it: less a microsecond, or the folder after the last would be read.
    """
    last = end - timedelta(microseconds=1) if end > start else end
    return {"first_month": folder(start), "last_month": folder(last)}
