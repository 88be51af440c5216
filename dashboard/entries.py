"""What the history keeps as an entry of its file, and what it makes of one again."""

from __future__ import annotations

import json
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import NamedTuple

from pydantic import TypeAdapter
from sidelight.explain.methods import MethodRequest
from sidelight.explain.report import Report
from sidelight.explain.report_file import load_report, to_json
from sidelight.explain.set_shift import SetShift
from sidelight.explain.shift_file import load_shift
from sidelight.explain.shift_file import to_json as shift_to_json
from sidelight.models.inputs import Asked, Prompt

from .workers.messages import Choice, Work

Choices = tuple[Choice, Choice]

OF_TEXTS, OF_WRITING = "compare", "compare written"  # the tasks of comparisons


@dataclass(frozen=True, slots=True)
class Written:
    """Two generators on one continuation: by which method each was asked what, and what it answered."""

    method: MethodRequest
    prompts: tuple[Prompt, Prompt]
    reports: tuple[Report, Report]


class Row(NamedTuple):
    """An entry as the file has it; of those with the same `asked` the last one stays."""

    asked: str
    task: str
    model: str
    weights: str
    text: str
    work: str
    report: bytes


def of_report(work: Work, report: Report) -> Row:
    """A report of one input."""
    prediction = report.predictions[0]
    weights = report.provenance.weights.get(prediction.model, "")
    asked = asked_of(work, prediction.model, weights)
    text = storable("\n".join(work.texts))
    return Row(asked, prediction.task, prediction.model, weights, text, of_work(work), packed(report))


def asked_of(work: Work, model: str, weights: str) -> str:
    """What tells the entry of one report from that of another: the input, and the model with its weights."""
    return json.dumps([weights, model, repr(work.subject)], ensure_ascii=True)


def of_set(choices: Choices, shift: SetShift) -> Row:
    """What changed between two models over texts."""
    asked = _hash(shift.asked, [(one.text, one.given) for one in shift.answers])
    model, weights = f"{shift.asked.before} → {shift.asked.after}", " ".join(shift.asked.weights)
    text = storable("\n".join(one.text for one in shift.answers))
    work = json.dumps([asdict(choice) for choice in choices], ensure_ascii=True)
    return Row(asked, OF_TEXTS, model, weights, text, work, zlib.compress(shift_to_json(shift), 1))


def of_written(choices: Choices, written: Written) -> Row:
    """Two generators on one continuation."""
    names = [report.predictions[0].model for report in written.reports]
    digests = [report.provenance.weights.get(name, "") for report, name in zip(written.reports, names, strict=True)]
    work = {
        "choices": [asdict(choice) for choice in choices],
        "method": asdict(written.method),
        "prompts": [asdict(prompt) for prompt in written.prompts],
    }
    reports = json.dumps([to_json(report) for report in written.reports], ensure_ascii=True)
    return Row(
        _hash(names, digests, written.method, written.prompts),
        OF_WRITING,
        " → ".join(names),
        " ".join(digests),
        storable(written.prompts[0].text),
        json.dumps(work, ensure_ascii=True),
        zlib.compress(reports.encode(), 1),
    )


def report_of(work: str, report: bytes) -> tuple[Work, Report]:
    """The inverse of `of_report`, from the last two columns, as in the next ones."""
    return work_of(work), unpacked(report)


def of_work(work: Work) -> str:
    """The request as the file has it, without what was known of its answer."""
    return json.dumps(asdict(replace(work, known=None)), ensure_ascii=True, sort_keys=True)


def work_of(work: str) -> Work:
    """The inverse of `of_work`."""
    plain = json.loads(work)
    asked: Asked = TypeAdapter(Asked).validate_python(plain["asked"])
    requests = tuple(TypeAdapter(MethodRequest).validate_python(one) for one in plain["requests"])
    return Work(asked, requests, str(plain["unit"]), int(plain["seed"]))


def about_of(report: Report) -> str:
    """What tells two collected reports apart: of each input the model, the task, the unit, and the texts."""
    about = [(one.model, one.task, one.unit, one.segments) for one in report.predictions]
    return json.dumps(about, ensure_ascii=True)


def unit_of(work: str) -> str | None:
    """What the input was taken apart into; None of a comparison, or where that can't be read."""
    with suppress(ValueError):
        plain = json.loads(work)
        return str(plain["unit"]) if isinstance(plain, dict) and "unit" in plain else None
    return None


def set_of(work: str, report: bytes) -> tuple[Choices, SetShift]:
    """The inverse of `of_set`."""
    return TypeAdapter(Choices).validate_python(json.loads(work)), load_shift(zlib.decompress(report))


def written_of(work: str, report: bytes) -> tuple[Choices, Written]:
    """The inverse of `of_written`."""
    plain = json.loads(work)
    method = TypeAdapter(MethodRequest).validate_python(plain["method"])
    prompts = TypeAdapter(tuple[Prompt, Prompt]).validate_python(plain["prompts"])
    before, after = (load_report(_bytes(text)) for text in json.loads(zlib.decompress(report)))
    return TypeAdapter(Choices).validate_python(plain["choices"]), Written(method, prompts, (before, after))


def packed(report: Report) -> bytes:
    """A report as the file has it."""
    return zlib.compress(_bytes(to_json(report)), 1)


def unpacked(report: bytes) -> Report:
    """The inverse of `packed`."""
    return load_report(zlib.decompress(report))


def _bytes(text: str) -> bytes:
    """A report's file, in which a lone surrogate is the escape that JSON has."""
    return text.encode("utf-8", "backslashreplace")


def _hash(*asked: object) -> str:
    return sha256(repr(asked).encode()).hexdigest()


def storable(text: str) -> str:
    """The text as SQLite can hold it, without lone surrogates."""
    return text.encode("utf-8", "replace").decode()
