"""The app's script: the page's frame and the navigation. `serve` runs it."""

from pathlib import Path

import streamlit as st
from sidelight.dashboard import address, appearance, language, navigation
from sidelight.dashboard.palette import DARK, LIGHT
from sidelight.dashboard.waiting import HEIGHT
from sidelight.dashboard.wording import say
from sidelight.models.message import Message
from sidelight.models.tasks import TASKS

FOLDER = Path(__file__).parent
STYLE = f"""<style>
.stMainBlockContainer {{ max-width: 1240px; padding: 4.4rem 1.6rem 4rem }}
[data-testid^="stBaseButton-primary"],
[data-testid^="stBaseButton-primary"]:hover {{ border: 0; background: light-dark({LIGHT.ink}, {DARK.ink});
  color: light-dark({LIGHT.background}, {DARK.background}) }}
[data-variant="segmented_control"][data-selected] p {{ color: light-dark({LIGHT.ink}, {DARK.ink}) }}
[class*="st-key-change"] {{ min-height: 44px }}
:is([class*="st-key-code_"], [class*="st-key-values_"]) [data-testid="stPopoverButton"][kind="tertiary"],
[class*="st-key-code_"] [data-testid$="tertiary"] {{ min-height: 0; padding: 0; white-space: nowrap }}
[class*="st-key-code_"] [data-testid$="tertiary"] p {{ font-size: 12.5px }}
[data-testid="stLayoutWrapper"]:has(> .st-key-appearance) {{ position: absolute; width: 0; overflow: hidden }}
.st-key-choices {{ position: relative }}
.st-key-code_words {{ position: absolute; top: 0; right: 0; width: auto }}
.st-key-progress {{ min-height: {HEIGHT}px }}
.st-key-languages {{ position: fixed; top: .7rem; right: 3.6rem; z-index: 999991; width: auto }}
.st-key-languages button {{ min-height: 1.8rem; padding: 0 .6rem }}
[data-testid="stCaptionContainer"] {{ color: light-dark({LIGHT.muted}, {DARK.muted}); opacity: 1 }}
[role="tab"][aria-selected="true"] p {{ color: light-dark({LIGHT.ink}, {DARK.ink}) }}
@media (prefers-reduced-motion: reduce) {{ *, ::before, ::after {{ animation-duration: 1ms !important;
  animation-iteration-count: 1 !important; transition-duration: 0s !important; scroll-behavior: auto !important }} }}
</style>"""

st.set_page_config(page_title="Sidelight", page_icon=FOLDER / "static" / "icon.png", layout="wide")
st.html(STYLE)
st.html(FOLDER / "static" / "page.css")
PAGES = {"compare": Message("Compare"), "finetune": Message("Fine-tune"), "models": Message("Models")}
with address.in_one_step():
    language.choose()
    appearance.follow()
    of_tasks = [navigation.page_of(task, default=place == 0) for place, task in enumerate(TASKS)]
    others = [st.Page(FOLDER / "app_pages" / f"{name}.py", title=say(title)) for name, title in PAGES.items()]
    st.navigation([*of_tasks, *others], position="top").run()
