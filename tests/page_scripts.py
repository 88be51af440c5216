"""Pages of the app that run without a browser, and the models that are loaded before one is looked at."""

from sidelight.dashboard import session
from sidelight.dashboard.workers.messages import Choice, Loaded, Work
from sidelight.models.inputs import Prompt
from streamlit.testing.v1 import AppTest

from tests import ROOT

COMPARE = ROOT / "dashboard" / "app_pages" / "compare.py"
SECONDS = 60


def load(choice: Choice, asked: str | Prompt = "good") -> None:
    """Loads a model, and waits for its first answer: a page that waits for it is drawn over and over."""
    model = session.supervisor(choice)
    model.wait_for(model.submit("", Work(asked, ())), lambda status: status.over, SECONDS)
    assert isinstance(model.model, Loaded)


def reloaded(page: AppTest) -> AppTest:
    """The page Compare in a new session, by its address alone."""
    app = AppTest.from_file(str(COMPARE), default_timeout=SECONDS)
    for name, value in page.query_params.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app
