"""The one place where text becomes markup: HTML, frames, Plotly's pseudo-HTML, cells of a spreadsheet.

Every text, label and token is taken to be hostile. HTML comes from the templates beside this file, which escape
all that is put in.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from sidelight.dashboard.wording import between_sentences

from .palette import DARK, LIGHT
from .wording import joined, language, say, text_of, told

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NEEDS_ESCAPE_IN_SCRIPT = re.compile(r"[<>&]|[^\x00-\x7e]")
_FORMULA = re.compile(r"'|[\s\ufeff\u200b]*[=+\-@|%\t\r\n＝＋－＠｜％]")
_ENDS_SCRIPT = re.compile(r"</script|<!--|\r", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x80-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_MARKDOWN = re.compile(r"[!-/:-@\[-`{-~]")
# What Streamlit still changes when it is escaped: `:name:`, addresses (http:, www., @) and arrows made of - < >.
_BEYOND_MARKDOWN = re.compile(r"(?<=www)\.|(?<=[-<])[->]|[:@]", re.IGNORECASE)
_PICTURES = {code: 0x2400 + code for code in range(0x20)} | {0x09: "⇥", 0x0A: "⏎", 0x0D: "␍", 0x7F: "␡"}


@dataclass(frozen=True, slots=True)
class Html:
    """A drawing in HTML.

    Args:
        body: a fragment of safe markup; if `scripted`, the address of a frame instead, to be used as its `src`.
        height: in CSS pixels; None where the content's own height will do.
        scripted: whether it needs JavaScript, and therefore a frame of its own.
    """

    body: str
    height: int | None = None
    scripted: bool = False


def whole(text: str) -> str:
    """The text with U+FFFD for each lone surrogate, so that it can be written as UTF-8."""
    return _LONE_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def render(template: str, /, **values: object) -> Markup:
    """Fills a template, escaping all values that are not markup already.

    Raises:
        jinja2.UndefinedError: a value that the template needs is missing.
    """
    text = _TEMPLATES.get_template(template).render(**values)
    return Markup(whole(text).replace("\0", "\N{REPLACEMENT CHARACTER}"))  # noqa: S704 (escaped by the template)


def say_html(sentence: str, /, **values: object) -> Markup:
    """As `say`, as markup: values are escaped but for those that are markup, such as `strong`."""
    return Markup(text_of(sentence)).format(**values)  # noqa: S704 (our own texts; values are escaped)


def joined_html(parts: Iterable[Markup]) -> Markup:
    """As `joined`, of markup."""
    return Markup(joined(parts))  # noqa: S704 (it is made of markup)


def apart(text: str) -> Markup:
    """A text of the user's, set apart in writing direction."""
    return Markup("<bdi>{}</bdi>").format(text)


def strong(text: str) -> Markup:
    """A word of the user's, set apart in type and in writing direction."""
    return Markup("<strong>{}</strong>").format(apart(shown(text)))


def shown(text: str) -> str:
    """The text with a visible sign for what can't be seen: line ends, controls, directions, blanks alone."""
    if not text:
        return say("(empty)")
    if text.isspace():
        text = "".join("␣" if unicodedata.category(character) == "Zs" else character for character in text)
    text = whole(text).translate(_PICTURES)
    return _INVISIBLE.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", text)


def unseeable(text: str) -> bool:
    """Whether nothing in the text leaves a mark on screen."""
    return all(character.isspace() or shown(character) != character for character in text)


def shortened(text: str, most: int) -> str:
    """At most this many characters, an ellipsis standing for the rest."""
    return text if len(text) <= most else text[: most - 1] + "…"


def json_for_script(value: object) -> Markup:
    """JSON that can stand inside a script element: pure ASCII, without `<`, `>` and `&`.

    Raises:
        ValueError: a number is not finite.
    """
    text = whole(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
    return Markup(_NEEDS_ESCAPE_IN_SCRIPT.sub(_escaped_in_json, text))  # noqa: S704 (nothing of markup is left)


def _escaped_in_json(found: re.Match[str]) -> str:
    character = found.group()
    return f"\\u{ord(character):04x}" if character in "<>&" else json.dumps(character)[1:-1]


def markdown_text(text: str) -> str:
    """Text for Streamlit's labels and messages, which are Markdown, so that it is shown as it is, in one line."""
    parted = _BEYOND_MARKDOWN.sub("\N{WORD JOINER}\\g<0>", whole(text))
    return _MARKDOWN.sub(r"\\\g<0>", " ".join(parted.splitlines()))


def plotly_text(text: str) -> str:
    """Text for a title, tick or hover of Plotly, which takes tags, entities and formulas between $ for markup."""
    return whole(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("$", "&#36;")


def csv_text(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula; to read it back, take one leading `'` away."""
    return whole(f"'{text}" if _FORMULA.match(text) else text)


def framed(body: Markup, scripts: Sequence[str]) -> str:
    """The address of a frame that shows the body and then runs the scripts, and nothing else.

    A `data:` address has an origin of its own, so that the page around the frame is out of reach; the policy in
    it allows no connection and only these very scripts.

    Args:
        body: markup without scripts.
        scripts: JavaScript, constant: no user's text.

    Raises:
        ValueError: a script can't stand inside a page unchanged.
    """
    safe = [script(one) for one in scripts]
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts]
    page = render("frame.html.jinja", body=body, scripts=safe, hashes=hashes)
    return "data:text/html;charset=utf-8;base64," + base64.b64encode(page.encode()).decode()


def script(text: str) -> Markup:
    """A script of ours, or of a library, as it can stand inside a page.

    Raises:
        ValueError: it can't stand there unchanged.
    """
    if found := _ENDS_SCRIPT.search(text):
        raise ValueError(f"a script holds {found.group()!r}, which can't stand inside a page; give another version")
    return Markup(text)  # noqa: S704 (checked above)


def fragment(content: Markup, dark: bool) -> Html:
    """Static content with its style, to stand in a page of others."""
    return Html(str(render("fragment.html.jinja", content=content, appearance="dark" if dark else "light")))


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals |= {
    "say": say,
    "between_sentences": between_sentences,
    "language": language,
    "light": LIGHT,
    "dark": DARK,
}
_TEMPLATES.filters |= {"shown": shown, "told": told}

__all__ = [
    "Html",
    "Markup",
    "apart",
    "csv_text",
    "escape",
    "fragment",
    "framed",
    "json_for_script",
    "markdown_text",
    "plotly_text",
    "render",
    "say_html",
    "script",
    "shortened",
    "shown",
    "strong",
    "unseeable",
    "whole",
]
