"""Reads HTML the way a browser would, as far as a test needs it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input"}


@dataclass
class Page(HTMLParser):
    """The elements of a page with their attributes, the text of its `p.text`, and all its text."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "p":
            self.inside = ("class", "text") in attrs
            self.paragraphs += [""] * self.inside

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        self.text += data if "style" not in self.open else ""
        if "p" in self.open and self.inside:
            self.paragraphs[-1] += data


def read(markup: str) -> Page:
    """The page, of which every element is closed."""
    page = Page()
    page.feed(str(markup))
    page.close()
    assert not page.open
    return page


def assert_inert(page: Page) -> None:
    """Nothing in the page runs, and nothing is asked of the outside."""
    for tag, attributes in page.elements:
        assert tag not in {"script", "img", "iframe", "object", "embed", "link", "base", "form", "a", "svg"}
        assert not [name for name in attributes if name.startswith("on") or name in {"src", "href", "srcset"}]
