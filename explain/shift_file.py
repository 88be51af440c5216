"""The file of a comparison over a set of texts: JSON with all of it, and with the figures that follow from it.

It names its version (`"schema": "sidelight.shift/1"`) and is checked against the types of `set_shift` when it is read.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from sidelight.models.message import plain

from .report_file import checked, opened
from .set_shift import SetShift

SCHEMA = "sidelight.shift/1"


def to_json(shift: SetShift) -> bytes:
    """Everything, numbers in full precision; UTF-8, where a lone surrogate is written as the escape that JSON has."""
    document = {
        "schema": SCHEMA,
        "figures": {
            "texts": len(shift.answers),
            "changed_answers": len(shift.changed),
            "labelled": len(shift.labelled),
            "correct": shift.correct,
            "change": asdict(shift.change) if shift.change else None,
            "spearman": asdict(shift.agreement) if shift.agreement else None,
        },
        **asdict(shift),
        "notices": plain(shift.notices),
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1).encode("utf-8", "backslashreplace")


def load_shift(source: str | Path | bytes) -> SetShift:
    """Opens a comparison again, from a path or from the bytes of its JSON file.

    Raises:
        ReportError: it is not one, a damaged one, or made by a newer version.
        OSError: the file can't be read.
    """
    return opened(source, SCHEMA, _read)


def _read(document: dict[str, Any]) -> SetShift:
    return checked(SetShift, {one.name: document[one.name] for one in fields(SetShift) if one.name in document})
