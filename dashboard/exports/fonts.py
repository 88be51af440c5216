"""Fonts for a PDF: those installed here that hold a text's characters, and the characters that none holds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

# Tried in this order: plain text first, then the large East Asian ones, then whatever else there is.
PREFERRED = (
    "DejaVuSans", "NotoSans-Regular", "LiberationSans-Regular", "arial", "Arial", "segoeui", "Helvetica",
    "NotoSansCJK", "NotoSansSC", "SourceHanSans", "wqy-microhei", "wqy-zenhei", "msyh", "PingFang", "simhei", "STHeiti",
    "NotoSansArabic", "NotoSansHebrew", "NotoSansDevanagari", "NotoSansThai", "Symbola", "arialuni",
)  # fmt: skip
FOLDERS = {
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("C:/Windows/Fonts", "~/AppData/Local/Microsoft/Windows/Fonts"),
}
ENDINGS = {".ttf", ".otf", ".ttc", ".otc"}
MOST_OPENED = 60  # fonts that are looked into for a character that none of the preferred ones has
UNSEEN = {0x09, 0x0A, 0x0D, 0x200B, 0x200C, 0x200D, 0x2060, 0xFE0E, 0xFE0F, 0xFEFF}  # leave no mark


def choose(text: str) -> tuple[list[Path], list[str]]:
    """Installed fonts, the first for most of the text, others for what it lacks; and the characters of none."""
    found, missing = _choose(frozenset(map(ord, text)) - UNSEEN)
    return list(found), [*map(chr, missing)]


@lru_cache(maxsize=64)
def _choose(wanted: frozenset[int]) -> tuple[tuple[Path, ...], tuple[int, ...]]:
    missing = wanted
    found: list[Path] = []
    for path in _candidates():
        held = characters(path)
        if missing & held or not found:
            found.append(path)
            missing -= held
        if not missing:
            break
    if not found:
        missing -= set(range(0x100))  # the fonts that every reader of PDFs has
    return tuple(found), tuple(sorted(missing))


def bold(path: Path) -> Path:
    """The bold font of the same family, if it lies beside; else the font itself."""
    names = (path.stem.replace("-Regular", "") + "-Bold", path.stem + "bd", path.stem + "b", f"{path.stem} Bold")
    return next((one for name in names if (one := path.with_name(name + path.suffix)).is_file()), path)


def _candidates() -> Iterator[Path]:
    installed = _installed()
    ranked = {path: _rank(path) for path in installed}
    preferred = sorted((path for path in installed if ranked[path] < len(PREFERRED)), key=lambda path: ranked[path])
    yield from preferred
    yield from [path for path in installed if path not in preferred][:MOST_OPENED]


def _rank(path: Path) -> int:
    for place, name in enumerate(PREFERRED):
        if path.stem == name or (place > 6 and path.stem.startswith(name) and "Bold" not in path.stem):
            return place
    return len(PREFERRED)


@cache
def _installed() -> tuple[Path, ...]:
    """Every font file that can be embedded, as fontconfig lists them or as they lie in the system's folders."""
    lister = shutil.which("fc-list")
    if lister:
        told = subprocess.run([lister, "--format", "%{file}\n"], capture_output=True, text=True, check=False)  # noqa: S603
        paths: Iterable[Path] = map(Path, told.stdout.split("\n"))
    else:
        folders = [Path(folder).expanduser() for folder in FOLDERS.get(sys.platform, FOLDERS["linux"])]
        paths = (path for folder in folders if folder.is_dir() for path in folder.rglob("*"))
    return tuple(sorted({path for path in paths if path.suffix.lower() in ENDINGS and path.is_file()}))


@cache
def characters(path: Path) -> frozenset[int]:
    """The code points that a font has a glyph for; of a collection, its first font."""
    try:
        if path.suffix.lower() in (".ttc", ".otc"):
            with TTCollection(path, lazy=True) as fonts:
                return frozenset(fonts.fonts[0].getBestCmap() or ())
        with TTFont(path, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (TTLibError, OSError, KeyError, AssertionError):
        return frozenset()
