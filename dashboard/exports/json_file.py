"""The report as JSON: lossless, versioned, opens again."""

from __future__ import annotations

from sidelight.explain.report import Report
from sidelight.explain.report_file import to_json


def write(report: Report) -> bytes:
    """The file's bytes: UTF-8, where a lone surrogate is written as the escape that JSON has for it."""
    return to_json(report).encode("utf-8", "backslashreplace")
