"""The text of bytes, of files as of standard input: their encoding is told by a mark or asked, never guessed."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterator

from sidelight.models.message import Message

from .tables import DataError, place

MARKS = (  # that a text may begin with; one of UTF-32 begins with one of UTF-16
    (b"\xef\xbb\xbf", "UTF-8", "utf-8"),
    (b"\xff\xfe\0\0", "UTF-32", "utf-32-le"),
    (b"\0\0\xfe\xff", "UTF-32", "utf-32-be"),
    (b"\xff\xfe", "UTF-16", "utf-16-le"),
    (b"\xfe\xff", "UTF-16", "utf-16-be"),
)
WIDE = {"UTF-16LE": "utf-16-le", "UTF-16BE": "utf-16-be"}
OFFERED = {  # by the name that is asked for; the widest of each family, which reads the files of all of it
    "GB18030": "gb18030",
    "Big5": "big5hkscs",
    "Shift_JIS": "cp932",
    "EUC-KR": "cp949",
    "Windows-1252": "cp1252",
    "Windows-1251": "cp1251",
    **WIDE,
}
ALIASES = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "sjis": "cp932"}
STRANGE = frozenset(("Cc", "Cn", "Co"))  # categories of characters that no text has: control, not given, private
NO_ENCODINGS = {"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf-7"}  # of files of texts
# The bytes that begin the usual characters of an encoding: signs and the characters of its first level.
USUAL_BYTES = {
    "gb18030": ((0xA1, 0xA3), (0xB0, 0xD7)),
    "big5hkscs": ((0xA1, 0xC6),),
    "cp932": ((0x81, 0x83), (0x88, 0x97)),
    "cp949": ((0xA1, 0xA3), (0xB0, 0xC8)),
}
WESTERN = frozenset("àâäáãåæçéèêëíìîïñóòôöõøœúùûüýÿßÀÂÄÁÃÅÆÇÉÈÊËÍÎÏÑÓÔÖÕØŒÚÙÛÜ“”‘’–—…€£°«»¡¿™©®·•§ºª")
MOST_OFFERED, LONGEST, ROWS, SAMPLE = 4, 30, 2, 100_000  # encodings, characters of a row, rows, bytes


def decode(content: bytes, name: str, encoding: str | None = None) -> str:
    """The text of some bytes, without their byte order mark.

    Args:
        content: the bytes.
        name: of where they come from, for messages.
        encoding: of bytes without a mark; None reads UTF-8.

    Raises:
        DataError: there is no such encoding, or the bytes are in another; the message names the first byte that is,
            from 1, and how those encodings read it that can.
    """
    mark, named, codec = next(
        (one for one in MARKS if content.startswith(one[0])),
        (b"", encoding or "UTF-8", _codec(encoding) if encoding else "utf-8"),
    )
    body = content[len(mark) :]
    if codec == "utf-8" and (zero := body.find(0)) >= 0:
        raise _of_zero(body, zero, len(mark), name)
    try:
        return body.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        where = place(name, body[: error.start].decode(codec, "ignore").count("\n") + 1)
        marked = bool(mark) and named != "UTF-8"
        raise _of_byte(body, error.start, len(mark), where, named, marked=marked) from error


def given(content: bytes, encoding: str | None = None) -> str:
    """A text from standard input: its lines end as they do elsewhere, and the last line end, which shells add, is none
    of it.

    Raises:
        DataError: as of `decode`.
    """
    return decode(content, Message("standard input"), encoding).replace("\r\n", "\n").removesuffix("\n")


def _codec(encoding: str) -> str:
    """Python's name of an encoding.

    Raises:
        DataError: there is no such encoding of texts.
    """
    wanted = encoding.strip().lower().replace("-", "_")
    known = {**ALIASES, **{name.lower().replace("-", "_"): codec for name, codec in OFFERED.items()}}
    try:
        found = codecs.lookup(known.get(wanted, wanted)).name
        b"".decode(found)
    except (LookupError, ValueError) as error:
        raise _unknown(encoding) from error
    if found.replace("-", "_") in {name.replace("-", "_") for name in NO_ENCODINGS}:
        raise _unknown(encoding)
    return "utf-8" if found == "utf-8-sig" else found


def _unknown(encoding: str) -> DataError:
    return DataError(
        "there is no encoding {encoding!r}; name one such as {names}",
        encoding=encoding,
        names=", ".join(("UTF-8", *OFFERED)),
    )


def _of_byte(body: bytes, at: int, before: int, where: str, named: str, *, marked: bool) -> DataError:
    """What is said of a byte that an encoding does not have, at a place after so many bytes of a mark."""
    number, code = at + before + 1, f"{body[at]:02x}"
    if marked:
        return DataError(
            "{place}: byte {byte} (0x{code}) is not {encoding}, which its byte order mark says it is; save it anew",
            place=where,
            byte=number,
            code=code,
            encoding=named,
        )
    if offers := _offers(body, [one for one in OFFERED if one not in WIDE]):
        return DataError(
            "{place}: byte {byte} (0x{code}) is not {encoding}; say by --encoding which encoding "
            "it is, by what it would read: {offers}",
            place=where,
            byte=number,
            code=code,
            encoding=named,
            offers=offers,
        )
    return DataError(
        "{place}: byte {byte} (0x{code}) is not {encoding}, nor of another usual encoding; save it as UTF-8",
        place=where,
        byte=number,
        code=code,
        encoding=named,
    )


def _of_zero(body: bytes, zero: int, before: int, name: str) -> DataError:
    """What is said of a byte 0, which no text in UTF-8 has, but every one in UTF-16 that holds a line end."""
    pairs = body[zero - zero % 2 :][:1000]  # of a Latin letter the first byte is 0, or the second
    order = "UTF-16BE" if pairs[::2].count(0) > pairs[1::2].count(0) else "UTF-16LE"
    where = place(name, body.count(b"\n", 0, zero) + 1)
    if not _reads(body, WIDE[order]):
        return DataError(
            "{place}: byte {byte} is 0, which no text holds; remove such bytes", place=where, byte=zero + before + 1
        )
    return DataError(
        "{place}: byte {byte} is 0, as in UTF-16; if it is that, say so by --encoding: {offers}; "
        "else remove such bytes",
        place=where,
        byte=zero + before + 1,
        offers=_offers(body, [order]),
    )


def _offers(body: bytes, names: list[str]) -> str:
    """How those encodings read some bytes that can, those first that make of them what is usual in them."""
    if not body.isascii() and is_utf8(body):
        return f"UTF-8 ({_rows(body, 'utf-8')})"
    scores = {name: _usual(body[:SAMPLE], OFFERED[name]) for name in names if _reads(body, OFFERED[name])}
    best = sorted(scores, key=lambda name: -scores[name])[:MOST_OFFERED]
    shown = [name for name in best if scores[name] > 0] or best
    return "; ".join(f"{name} ({_rows(body, OFFERED[name])})" for name in shown)


def is_utf8(content: bytes) -> bool:
    """Whether some bytes are a text in UTF-8."""
    return _reads(content, "utf-8")


def _reads(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _rows(body: bytes, codec: str) -> str:
    """The first rows that hold more than ASCII, as an encoding reads them."""
    lines = body[:SAMPLE].decode(codec, "ignore").splitlines()
    rows = [line for line in lines if not line.isascii()] or lines
    return ", ".join(repr(row[:LONGEST] + "…" * (len(row) > LONGEST)) for row in rows[:ROWS])


def _usual(sample: bytes, codec: str) -> float:
    """The share of the characters beyond ASCII that are usual in an encoding."""
    text = sample.decode(codec, "ignore")
    if codec in WIDE.values():
        return 1.0
    if any(unicodedata.category(sign) in STRANGE for sign in set(text) - set("\t\n\r")):
        return 0.0
    found = list(_judged(text, codec))
    return sum(found) / max(len(found), 1)


def _judged(text: str, codec: str) -> Iterator[bool]:
    for before, sign in zip(" " + text, text, strict=False):
        if sign.isascii():
            continue
        if codec in USUAL_BYTES:
            first = sign.encode(codec, "ignore")[:1]
            yield any(low <= byte <= high for byte in first for low, high in USUAL_BYTES[codec])
        elif codec == "cp1251":  # a word in Cyrillic has more than one such letter
            yield "а" <= sign.lower() <= "я" and not (before.isascii() and before.isalpha())
        else:  # of Western letters there are seldom two in a row
            yield sign in WESTERN and not (before in WESTERN and before.isalpha() and sign.isalpha())
