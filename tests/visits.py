"""Pages of the app in Streamlit's own tests, which know but those that are files."""

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash


def go(page: AppTest, name: str) -> AppTest:
    """Another page of the app, by its name in the address."""
    page._page_hash = calc_hash(name)
    return page.run()
