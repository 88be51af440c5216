"""Times of day on a page: those of the visitor's clock."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st

from .views.naming import minute


def visitors_minute(created: str) -> str:
    """A time in ISO 8601 as the visitor's clock has it, to the minute; in UTC, which it says, where that is unknown."""
    return minute(created, _zone())


def _zone() -> tzinfo:
    try:
        return ZoneInfo(st.context.timezone or "")
    except (ValueError, KeyError, OSError):  # the browser names none, or none that this machine knows
        return UTC
