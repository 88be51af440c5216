"""Models that are loaded before a test looks at a page: a page that waits for one is drawn over and over."""

from sidelight.dashboard import session
from sidelight.dashboard.workers.messages import Choice, Loaded, Work
from sidelight.models.prompt import Prompt

SECONDS = 60


def load(choice: Choice, asked: str | Prompt = "good") -> None:
    """Loads a model, and waits for its first answer."""
    model = session.supervisor(choice)
    model.wait_for(model.submit("", Work(asked, ())), lambda status: status.over, SECONDS)
    assert isinstance(model.model, Loaded)
