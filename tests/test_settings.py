import pytest
from sidelight.explain.methods import METHODS, parse_request, request
from sidelight.explain.settings import settings_of


def test_every_setting_says_what_it_does_and_takes_its_default() -> None:
    for method in METHODS.values():
        for setting in settings_of(method.run):
            assert setting.help
            assert setting.check(setting.default) == setting.default


def test_a_request_is_read_and_completed() -> None:
    read = parse_request("shap:algorithm=kernel,passes_per_word=32,hiding=delete")
    assert read.settings == {"algorithm": "kernel", "passes_per_word": 32}
    assert read.hiding == "delete"
    assert parse_request("lime").settings == {"samples": 500, "kernel_width": 25.0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shep", "'shep' is not a method; choose one of occlusion, shap, lime"),
        ("lime:sample=5", "lime has no setting 'sample'; it has samples, kernel_width"),
        ("lime:samples=many", "samples='many' is not allowed; samples takes a whole number from 10 to 20000"),
        ("lime:samples=5", "from 10 to 20000"),
        ("lime:samples=nan", "from 10 to 20000"),
        ("lime:kernel_width=nan", "kernel_width takes a number from 0.1 to 1000"),
        ("shap:algorithm=tree", "algorithm takes one of auto, exact, kernel, permutation, partition"),
        ("shap:algorithm", "write name:key=value,key=value"),
        ("input_x_gradient:hiding=mask", "input_x_gradient has no setting 'hiding'; it has none"),
    ],
)
def test_a_wrong_request_is_refused_with_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_request(text)


def test_true_is_not_a_number() -> None:
    with pytest.raises(ValueError, match="samples=True"):
        request("lime", {"samples": True})
