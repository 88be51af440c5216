"""The fonts of this machine that a PDF is set in: chosen by the characters they have.

A PDF's own fonts know Western letters alone, so that all others have to be found here and put into the file.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

# File names without blanks and signs, as `_stem` gives them. The first that is there sets the text, and the one after
# it the headings; where it lacks a character the others are tried, in this order.
TEXT = (
    ("dejavusans", "dejavusansbold"),
    ("notosansregular", "notosansbold"),
    ("segoeui", "segoeuib"),
    ("arial", "arialbd"),
    ("arial", "arialbold"),
    ("liberationsansregular", "liberationsansbold"),
    ("helveticaneue", "helveticaneue"),
)
OTHERS = {  # with the place in a collection, where one file holds the forms of several countries
    "notosanscjkscregular": 0,
    "notosanscjkregular": 2,
    "notosansscregular": 0,
    "notosanssc": 0,
    "sourcehansansscregular": 0,
    "wqymicrohei": 0,
    "wqyzenhei": 0,
    "msyh": 0,
    "pingfang": 0,
    "hiraginosansgb": 0,
    "stheitilight": 0,
    "simsun": 0,
    "arialunicode": 0,
    "notosanssymbols2regular": 0,
    "seguisym": 0,
}
FOLDERS = {
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("C:/Windows/Fonts", "~/AppData/Local/Microsoft/Windows/Fonts"),
}
LINUX = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
ENDINGS = {".ttf", ".otf", ".ttc", ".otc"}
PICTURES = {"CBDT", "sbix", "SVG "}  # tables of fonts whose letters are pictures, which paper can't be set in
WESTERN = frozenset(map(chr, [*range(32, 127), *range(160, 256)]))  # that a PDF's own fonts have
UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp", "Cs"}  # categories that leave no mark


@dataclass(frozen=True, slots=True)
class Face:
    """A font in a file, by its place where there are several, and the characters of the text that it is to set."""

    path: Path
    number: int
    characters: frozenset[str]


def choose(text: str) -> tuple[tuple[Face, ...], frozenset[str]]:
    """The fonts for a text, the first the one of most of it; and the characters that none of them has."""
    lacking = frozenset(one for one in text if not unseen(one))
    found: list[Face] = []
    for path, number in _candidates():
        if not lacking:
            break
        if held := lacking & characters(path, number):
            found.append(Face(path, number, held))
            lacking -= held
    return tuple(found), lacking if found else lacking - WESTERN


def bold(face: Face) -> Face:
    """The bold font that belongs to the one of the text; itself where there is none."""
    files = _files()
    known = (files[heavy] for plain, heavy in TEXT if _stem(face.path) == plain and heavy in files)
    path = next(known, None)
    held = face.characters & characters(path, 0) if path else frozenset()
    return Face(path, 0, held) if path and held else face


def unseen(character: str) -> bool:
    """Whether a character leaves no mark and so needs no font: blanks, joiners, choices of a variant."""
    return unicodedata.category(character) in UNSEEN or "\ufe00" <= character <= "\ufe0f"


def _candidates() -> Iterator[tuple[Path, int]]:
    """Every font, the well-known ones first; slanted and heavy ones not at all."""
    files = _files()
    plain = next((name for name, _ in TEXT if name in files), None)
    known = {name: 0 for name in (plain,) if name} | {name: number for name, number in OTHERS.items() if name in files}
    yield from ((files[name], number) for name, number in known.items())
    yield from (
        (path, 0)
        for name, path in files.items()
        if name not in known and not re.search("bold|italic|oblique|mono|light|thin|black|narrow", name)
    )


@cache
def _files() -> dict[str, Path]:
    """The font files by their names: those that fontconfig lists, else those in the system's folders."""
    lister = shutil.which("fc-list")
    if lister:
        command = [lister, "--format", "%{file}\n"]
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout  # noqa: S603
        paths = sorted(map(Path, filter(None, told.splitlines())))
    else:
        folders = [Path(folder).expanduser() for folder in FOLDERS.get(sys.platform, LINUX)]
        paths = sorted(path for folder in folders for path in folder.rglob("*"))
    return {_stem(path): path for path in reversed(paths) if path.suffix.lower() in ENDINGS}


def _stem(path: Path) -> str:
    return re.sub(r"[^a-z0-9]", "", path.stem.lower())


@cache
def characters(path: Path, number: int) -> frozenset[str]:
    """The characters that a font has; none where it can't be read or its letters are pictures."""
    try:
        with path.open("rb") as file, TTFont(file, fontNumber=number, lazy=True) as font:
            return frozenset() if PICTURES & set(font.keys()) else frozenset(map(chr, font.getBestCmap() or ()))
    except (TTLibError, OSError, KeyError, AssertionError, ValueError):
        return frozenset()
