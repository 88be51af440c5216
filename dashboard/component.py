"""Components of the page's own, out of the files in `static/`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

STATIC = Path(__file__).parent / "static"
TIP = '<div class="tip" id="tip" role="tooltip" hidden></div>'
OF_TEXTS = ("tip", "hiding")  # what the components of both texts share


def component(name: str, markup: str, shared: tuple[str, ...] = ()) -> st.components.v2.types.ComponentRenderer:
    """A component out of the script and the style of its name, and those that it shares with others."""
    css, js = (_joined((*shared, name), kind) for kind in ("css", "js"))
    return st.components.v2.component(f"sidelight_{name}", html=markup, css=css, js=js)


def _joined(names: tuple[str, ...], kind: str) -> str:
    files = [STATIC / f"{name}.{kind}" for name in names]
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.exists())
