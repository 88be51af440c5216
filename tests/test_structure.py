"""What must hold of the code as a whole: directions of imports, and what is imported when."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ROOT

FORBIDDEN = {
    "models": {"sidelight.explain", "sidelight.dashboard", "streamlit", "plotly", "bertviz", "shap", "lime"},
    "explain": {"sidelight.dashboard", "streamlit", "plotly", "bertviz", "transformers"},
    "dashboard": {"torch", "transformers", "shap", "lime", "bertviz"},
}
TORCH_ALLOWED_IN = {"explain/methods/gradients.py"}
FILES = [path for folder in FORBIDDEN for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """The absolute names of all modules that a file imports, wherever in it but where only types are checked."""
    package = ["sidelight", *path.relative_to(ROOT).parent.parts]
    found: set[str] = set()
    for node in executed(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            found.add(".".join([*above, *([node.module] if node.module else [])]))
    return found


def executed(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node below this one, without what stands in an `if TYPE_CHECKING:`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for otherwise in node.orelse:
                yield from (otherwise, *executed(otherwise))
        else:
            yield from (node, *executed(node))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_dependencies_point_one_way(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    wrong = FORBIDDEN[name.partition("/")[0]]
    if name.startswith("explain/") and name not in TORCH_ALLOWED_IN:
        wrong = wrong | {"torch"}
    broken = {
        module
        for module in imported(path)
        for forbidden in wrong
        if module == forbidden or module.startswith(forbidden + ".")
    }
    assert not broken, f"{name} imports {broken}; see the folders' table in README.md"


def asks_for_a_task(node: ast.AST) -> bool:
    """Whether a part of the code branches by a task's name, or by the kind of its inputs or models."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        named = {getattr(side, "id", getattr(side, "attr", "")) for side in sides}
        return "task" in named and any(isinstance(getattr(side, "value", None), str) for side in sides)
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
        kinds = {getattr(part, "id", "") for part in ast.walk(node.args[1])}
        return bool(kinds & {"Prompt", "Texts", "Classifier", "Generator", "PairClassifier", "Encoder"})
    return False


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.relative_to(ROOT).parts[0] != "models"], ids=lambda path: path.name
)
def test_nothing_outside_of_the_models_asks_which_task_it_is(path: Path) -> None:
    lines = [
        getattr(node, "lineno", 0) for node in ast.walk(ast.parse(path.read_text("utf-8"))) if asks_for_a_task(node)
    ]
    assert not lines, f"{path.relative_to(ROOT)}: lines {lines} branch by the task; ask for a capability of it instead"


@pytest.mark.parametrize(
    "module", ["sidelight.models", "sidelight.explain", "sidelight.dashboard", "sidelight.dashboard.views"]
)
def test_nothing_heavy_is_imported_before_it_is_needed(module: str) -> None:
    heavy = "{'torch', 'transformers', 'shap', 'lime', 'bertviz'}"
    code = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-P", "-c", code], text=True).strip() == "[]"


def test_a_report_shows_itself_in_a_notebook(tiny_classifier: Path) -> None:
    from sidelight.explain import explain
    from sidelight.models import load

    html = explain(load(str(tiny_classifier)), "good film", ["occlusion"])._repr_html_()
    assert html is not None
    assert "good" in html
