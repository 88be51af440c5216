"""The generator against transformers' own numbers, on two small architectures."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sidelight.explain import explain, explaining, load_report
from sidelight.explain.methods import METHODS
from sidelight.explain.report import Report
from sidelight.explain.report_file import to_json
from sidelight.explain.scoring import Progress, Stopped
from sidelight.models import ModelError, load
from sidelight.models import generator as generator_module
from sidelight.models import template as template_module
from sidelight.models.generator import ALTERNATIVES, Generator
from sidelight.models.inputs import Prompt, Sampling
from sidelight.models.prediction import Prediction
from sidelight.models.reading import Reader
from sidelight.models.template import Renderer, render_prompt
from transformers import AutoModelForCausalLM
from transformers.convert_slow_tokenizer import bytes_to_unicode

from .tiny import save_generator

PROMPT = "the film is good, 好看"


@pytest.fixture(scope="module", params=["gpt2", "llama"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_generator(tmp_path_factory.mktemp("generators") / request.param, request.param)


@pytest.fixture(scope="module")
def model(folder: Path) -> Generator:
    found = load(str(folder), "generate")
    assert isinstance(found, Generator)
    return found


def written(prediction: Prediction) -> list[int]:
    """The columns of the tokens against all others."""
    return list(prediction.placed)


def test_greedy_writing_is_that_of_transformers(model: Generator, folder: Path) -> None:
    network = AutoModelForCausalLM.from_pretrained(folder)
    prediction = model.generate(Prompt(PROMPT, Sampling(12)))
    count = len(prediction.placed)
    prompt = torch.tensor([prediction.ids[:-count]])
    mask = torch.ones_like(prompt)
    expected = network.generate(prompt, attention_mask=mask, max_new_tokens=count, do_sample=False, pad_token_id=0)
    assert prediction.ids == tuple(expected[0].tolist())


def test_one_pass_scores_every_token(model: Generator, folder: Path) -> None:
    """Log-odds of each token from a plain forward pass."""
    network = AutoModelForCausalLM.from_pretrained(folder)
    prediction = model.generate(Prompt(PROMPT, Sampling(8)))
    logits = network(torch.tensor([prediction.ids])).logits[0]
    for place in prediction.placed:
        target = prediction.targets[place]
        assert target.position is not None
        chances = logits[target.position - 1].softmax(-1)
        assert target.probability == pytest.approx(chances[target.id].item(), abs=1e-5)
        assert target.entropy == pytest.approx(-(chances * chances.log()).sum().item(), abs=1e-4)
        best = [one.probability for one in target.alternatives]
        assert best == sorted(best, reverse=True)
        assert target.id not in {one.id for one in target.alternatives}


@pytest.mark.parametrize("explain_output", [False, True])
def test_hiding_is_a_text_without_those_tokens(model: Generator, folder: Path, explain_output: bool) -> None:
    network = AutoModelForCausalLM.from_pretrained(folder)
    prediction = model.generate(Prompt(PROMPT, Sampling(5), explain_output=explain_output))
    keep = np.random.default_rng(1).random((20, len(prediction.features))) < 0.6
    found = model.score(prediction, keep, model.hidings[0])
    for row, scores in zip(keep, found, strict=True):
        hidden = {p for feature, kept in zip(prediction.features, row, strict=True) if not kept for p in feature.tokens}
        places = [place for place in range(len(prediction.ids)) if place not in hidden]
        logits = network(torch.tensor([[prediction.ids[place] for place in places]])).logits[0].double()
        for target, score in zip(prediction.targets, scores, strict=True):
            read = sum(place < (target.position or 0) for place in places) - 1
            chances = logits[read].log_softmax(-1)
            own = chances[target.id]
            expected = own - (torch.log1p(-own.exp()) if target.against is None else chances[target.against.id])
            assert score == pytest.approx(expected.item(), abs=1e-3)


def test_a_shared_start_changes_nothing(folder: Path) -> None:
    """Its keys and values are computed once; the numbers are those of the whole input, template or not."""
    model = load(str(folder), "generate")
    network = AutoModelForCausalLM.from_pretrained(folder)
    model._tokenizer.chat_template = "You are asked: {{ messages[0]['content'] }} Answer:"
    prediction = model.generate(Prompt(PROMPT, continuation="abc"))
    assert "".join(token.text for token in prediction.tokens[:10]).startswith("You")
    keep = np.random.default_rng(2).random((9, len(prediction.features))) < 0.5
    for row, scores in zip(keep, model.score(prediction, keep, model.hidings[0]), strict=True):
        hidden = {p for feature, kept in zip(prediction.features, row, strict=True) if not kept for p in feature.tokens}
        ids = [id_ for place, id_ in enumerate(prediction.ids) if place not in hidden]
        chances = network(torch.tensor([ids])).logits[0, -2].double().log_softmax(-1)
        own = chances[prediction.targets[2].id]
        assert scores[2] == pytest.approx((own - torch.log1p(-own.exp())).item(), abs=1e-3)


def test_every_token_is_contrasted_with_its_alternatives_and_with_named_foils(model: Generator) -> None:
    prediction = model.generate(Prompt(PROMPT, Sampling(3)))
    for place in prediction.placed:
        target = prediction.targets[place]
        foils = [prediction.targets[index] for index in prediction.foils_of(place)]
        assert [one.against for one in foils] == list(target.alternatives)
        assert len(foils) == ALTERNATIVES
        for one in foils:
            assert one.against is not None
            assert target.probability is not None
            assert one.score == pytest.approx(np.log(target.probability / one.against.probability), abs=1e-4)
            assert one.probability is None
    assert prediction.predicted == prediction.foils_of(0)[0]
    ids = prediction.ids[-3:]
    named = model.generate(
        Prompt(PROMPT, continuation=ids, foils=((1, "z"), (1, prediction.targets[1].alternatives[2].id)))
    )
    against = [named.targets[index].against for index in named.foils_of(1)]
    assert [one.text for one in against[:2] if one] == ["z", prediction.targets[1].alternatives[2].text]
    assert len({one.id for one in against if one}) == len(against)
    assert [named.targets[place] for place in named.placed] == [
        prediction.targets[place] for place in prediction.placed
    ]


def test_shap_is_exact_for_every_token_from_one_run(model: Generator) -> None:
    from itertools import permutations

    prediction = model.generate(Prompt("the film is good", Sampling(4)))
    (found,) = explain(model, prediction, ["shap"], attention=False).attributions
    features = len(prediction.features)
    values = np.zeros((len(prediction.targets), features))
    orders = list(permutations(range(features)))
    for order in orders:
        keep = np.zeros((features + 1, features), dtype=np.bool_)
        for step, feature in enumerate(order, start=1):
            keep[step:, feature] = True
        values[:, list(order)] += np.diff(model.score(prediction, keep, model.hidings[0]), axis=0).T
    assert np.allclose(found.values, values / len(orders), atol=1e-4)


def test_every_method_explains_every_token(model: Generator) -> None:
    prediction = model.generate(Prompt(PROMPT, Sampling(4)))
    everything = range(len(prediction.targets))
    report = explain(model, prediction, list(METHODS), targets=everything)
    assert [one.method for one in report.attributions] == list(METHODS)
    for attribution in report.attributions:
        assert all(attribution.covers(target) for target in everything)


def test_gradients_are_taken_of_the_chosen_targets_and_others_on_request(model: Generator) -> None:
    prediction = model.generate(Prompt(PROMPT, Sampling(4)))
    methods = ["occlusion", "input_x_gradient"]
    first = explain(model, prediction, methods)
    assert [target for target in range(len(prediction.targets)) if first.attributions[1].covers(target)] == [
        prediction.predicted
    ]
    grown = explain(model, first, methods, targets=[0, 2])
    assert grown.attributions[0] is first.attributions[0]
    assert grown.attention == first.attention
    everything = explain(model, prediction, methods, targets=range(len(prediction.targets)))
    for target in (0, 2, prediction.predicted):
        assert grown.attributions[1].values[target] == pytest.approx(
            everything.attributions[1].values[target], rel=1e-4
        )
        share = grown.attributions[1].figure("special_share", target)
        assert share == pytest.approx(everything.attributions[1].figure("special_share", target), rel=1e-4)
    assert not grown.attributions[1].covers(1)
    assert load_report(to_json(grown).encode()) == grown
    with pytest.raises(ValueError, match="there is no target 999"):
        explain(model, prediction, methods, targets=[999])


@pytest.mark.parametrize("method", ["occlusion", "shap", "shap:algorithm=permutation", "lime", "input_x_gradient"])
def test_what_comes_after_a_token_has_no_part_in_it(model: Generator, method: str) -> None:
    """Also where values are estimated from few coalitions; they add up all the same."""
    prediction = model.generate(Prompt(PROMPT, continuation=" good and thin", explain_output=True), "token")
    everything = range(len(prediction.targets))
    (found,) = explain(model, prediction, [method], targets=everything, attention=False).attributions
    assert len(prediction.features) > 20
    for target in everything:
        read = np.array(prediction.read_by(target))
        values = np.array(found.values[target])
        assert values[~read] == pytest.approx(0, abs=1e-5)
        assert values[read].any()
        if found.gap is not None:
            assert found.gap[target] == pytest.approx(0, abs=1e-4)
        if found.error is not None:
            assert not np.array(found.error[target])[~read].any()


def test_what_was_written_before_the_stop_is_explained_no_further(model: Generator) -> None:
    stages: list[Progress] = []

    def impatient(progress: Progress) -> None:
        stages.append(progress)
        if progress.stage == "write" and progress.done >= 3:
            raise Stopped
        if any(one.done >= 3 for one in stages):
            raise Stopped

    reports = []
    with pytest.raises(Stopped):
        reports += explaining(model, Prompt(PROMPT, Sampling(20)), ["occlusion"], listener=impatient)
    kept: list[Report] = []
    growing = explaining(model, Prompt(PROMPT, Sampling(20)), ["occlusion"], listener=impatient)
    stages.clear()
    kept.append(next(growing))
    assert len(kept[0].predictions[0].placed) == 3
    assert stages[-1].text == kept[0].predictions[0].segments[1].rstrip("\ufffd")
    whole = model.generate(Prompt(PROMPT, Sampling(20))).segments[1]
    assert whole.startswith(kept[0].predictions[0].segments[1])


def test_the_same_seed_writes_the_same_text(model: Generator) -> None:
    drawn = [model.generate(Prompt(PROMPT, Sampling(12, 1.5, 0.9, seed))).segments[1] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_character_that_was_only_begun_is_not_kept(model: Generator) -> None:
    reader = Reader(model._tokenizer, model.limit, 257, 0)
    ids = model._tokenizer("好看", add_special_tokens=False)["input_ids"]
    assert [reader.decode(reader.without_begun_character(ids[:count])) for count in (3, 4, 5, 6)] == [
        "好",
        "好",
        "好",
        "好看",
    ]
    assert reader.without_begun_character(ids[1:2]) == ids[1:2]


@pytest.mark.parametrize(
    ("pieces", "spans", "names"),
    [
        ((b"a", b"\x80", b"b"), [(0, 1), (1, 2), (2, 3)], ["a", None, "b"]),
        ((b"\xe4", b"\xbd", b"b"), [(0, 1), (0, 1), (1, 2)], [None, None, "b"]),
        ((b"\x80", b"\x80", b"\xe5", b"\xa5", b"\xbd"), [(0, 1), (1, 2), *[(2, 3)] * 3], [None, None, *["好"] * 3]),
    ],
)
def test_bytes_that_are_no_character_are_not_named_after_their_neighbours(
    model: Generator, pieces: tuple[bytes, ...], spans: list[tuple[int, int]], names: list[str | None]
) -> None:
    """The tokenizer has a token for each byte."""
    known = model._tokenizer.get_vocab()
    ids = [known[bytes_to_unicode()[piece[0]]] for piece in pieces]
    _, found, called = model._reader.named(ids)
    assert found == spans
    assert called == [name or f"part of a character ({id_})" for name, id_ in zip(names, ids, strict=True)]


def test_what_is_left_out_of_what_was_written_is_said(model: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = model._tokenizer("a好", add_special_tokens=False)["input_ids"]
    monkeypatch.setattr(generator_module, "write", lambda *_, **__: iter(ids))
    prediction = model.generate(Prompt(PROMPT, Sampling(3)))
    assert prediction.ids[-1] == ids[0]
    assert prediction.notices == ("Written tokens at the end that make no whole character are left out: 2.",)


def test_writing_that_the_context_ends_is_said(model: Generator) -> None:
    prediction = model.generate(Prompt("good " * 25, continuation=None))
    assert "The model reads 128 tokens in all; the prompt left 2 of them to write." in prediction.notices


def test_control_tokens_in_a_given_output_are_said(model: Generator) -> None:
    said = model.generate(Prompt(PROMPT, continuation="a<|end|>")).notices
    assert said == ("“<|end|>” in the text is read as the control token of the model, and not as these characters.",)


def test_tokens_and_words_stand_on_whole_characters(model: Generator) -> None:
    prediction = model.generate(Prompt(PROMPT, continuation=" 这部电影 good"))
    assert prediction.segments[1] == " 这部电影 good"
    assert "\ufffd" not in "".join(token.text for token in prediction.tokens if token.span)
    assert [feature.text for feature in prediction.features] == ["the", "film", "is", "good", ",", "好看"]
    spans = dict.fromkeys((place.start, place.end) for target in prediction.targets if (place := target.place))
    assert "".join(prediction.segments[1][start:end] for start, end in spans) == prediction.segments[1]


def test_what_stands_before_the_prompt_is_never_hidden(model: Generator) -> None:
    prediction = model.generate(Prompt(PROMPT, Sampling(2)))
    assert prediction.tokens[0].span is None
    empty = np.zeros((1, len(prediction.features)), dtype=np.bool_)
    for hiding in model.hidings:
        assert np.isfinite(model.score(prediction, empty, hiding)).all()


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        (Prompt(" "), "the prompt is empty"),
        (Prompt("good \ud800"), "character 6 of the prompt is half a character"),
        (Prompt(PROMPT, continuation=""), "the continuation is empty"),
        (Prompt(PROMPT, continuation=(10**6,)), "no tokens of this model"),
        (Prompt("good film " * 100), r"the prompt has \d+ tokens; the model reads 128"),
        (Prompt(PROMPT, continuation="good " * 50), r"prompt and continuation have \d+ tokens; the model reads 128"),
        (Prompt(PROMPT, Sampling(1), foils=((0, " "),)), "is no word to contrast with"),
        (Prompt(PROMPT, Sampling(1), foils=((7, "a"),)), "there is no written token 8; 1 were written"),
    ],
)
def test_bad_input_is_refused(model: Generator, prompt: Prompt, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        model.generate(prompt)


def test_a_foil_is_another_token(model: Generator) -> None:
    own = model.generate(Prompt(PROMPT, Sampling(1))).targets[0]
    with pytest.raises(ValueError, match="is not another token"):
        model.generate(Prompt(PROMPT, Sampling(1), foils=((0, own.id),)))


def test_sampling_has_its_ranges() -> None:
    with pytest.raises(ValueError, match="max_new_tokens=0 is not allowed; it takes 1 to 256"):
        Sampling(0)


def test_models_that_cannot_write_are_refused(folder: Path, tmp_path: Path, tiny_classifier: Path) -> None:
    with pytest.raises(ModelError, match="this checkpoint is a BertForSequenceClassification"):
        load(str(tiny_classifier), "generate")
    with pytest.raises(ValueError, match="answers texts; a prompt is for a model that writes"):
        explain(load(str(tiny_classifier)), Prompt(PROMPT))
    ended = load(str(folder), "generate")
    first = ended.generate(Prompt(PROMPT, Sampling(1))).ids[-1]
    ended._network.generation_config.eos_token_id = first
    with pytest.raises(ModelError, match="the model ends at once"):
        ended.generate(Prompt(PROMPT))
    broken = load(str(folder), "generate")
    broken._network.get_input_embeddings().weight.data[:] = float("nan")
    for prompt in (Prompt(PROMPT), Prompt(PROMPT, continuation=" good")):
        with pytest.raises(ModelError, match="numbers are not finite"):
            broken.generate(prompt)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "takes longer than"),
        ("{{ raise_exception('no users here') }}", r"fails \(.*no users here\)"),
        ("{% for a in range(99999) %}aaaa{% endfor %}", "writes 399,996 characters"),
        ("nothing of it", "does not show the prompt"),
        ("{{ messages[0]['content'] }} {{ messages[0]['content'] }}", "shows the prompt more than once"),
        ("\ud800 {{ messages[0]['content'] }}", "half a character"),
    ],
)
def test_a_template_is_bounded(template: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_module, "SECONDS", 3.0 if "longer" in message else 60.0)
    with pytest.raises(ModelError, match=message):
        render_prompt(Renderer(template, {}), "what?")


TURNS = "{% for turn in messages %}<{{ turn.role }}>{{ CONTENT }}{% endfor %}"
ASKS = "{% if add_generation_prompt %}<a>{% endif %}"


@pytest.mark.parametrize(
    ("content", "prompt", "shown"),
    [
        ("turn.content", " what ?\n", " what ?\n"),
        ("turn.content | trim", " what ?\n", "what ?"),
        ("turn.content.split() | join(' ')", "  what  is\nit", "what is it"),
        ("turn.content.split('</think>')[-1]", "<think>x y</think>x y", "x y"),
        ("turn.content.split('</think>')[-1]", "x y</think>x y", "x y"),
        ("('Q ' + turn.content + ' A') if turn.content[-1] == '?' else turn.content", "what?", "what?"),
        ("turn.content", "<user>", "<user>"),
        ("turn.content", "user", "user"),
        ("turn.content + '!' if 'w' in turn.content else turn.content", "what", "what"),
    ],
)
def test_the_prompt_is_found_in_what_a_template_makes_of_it(content: str, prompt: str, shown: str) -> None:
    renderer = Renderer("{{ bos_token }}" + TURNS.replace("CONTENT", content) + ASKS, {"bos_token": "<s>"})
    found = render_prompt(renderer, prompt)
    assert found.text.startswith("<s><user>")
    assert found.text[found.start : found.start + len(found.places)] == shown
    places = [place for place in found.places if place is not None]
    assert "".join(prompt[place] for place in places) == "".join(shown.split()) or prompt[places[0] :].startswith(shown)
    first = prompt.rindex("x y") if "think" in prompt else len(prompt) - len(prompt.lstrip())
    assert places[0] == (first if "trim" in content or "split" in content else 0)
    assert found.span(0, found.start) is None
    assert found.span(found.start, len(found.text)) == (places[0], places[-1] + 1)


def test_a_template_that_writes_another_prompt_is_refused() -> None:
    with pytest.raises(ModelError, match="the chat template does not show the prompt; switch it off"):
        render_prompt(Renderer("{{ messages[0]['content'] | upper }}", {}), "what?")
    rewriting = "U: {{ messages[0]['content'] | replace('w', 'v') | lower }}"
    for prompt in ("what?", "U:"):  # the second stands in the frame as it is
        with pytest.raises(ModelError, match="the chat template rewrites the prompt; switch it off"):
            render_prompt(Renderer(rewriting, {}), prompt)
    first_half = "{{ messages[0]['content'][3:8] }}"
    with pytest.raises(ModelError, match="the chat template"):
        render_prompt(Renderer(first_half, {}), "what what what")


def test_a_template_that_begins_with_the_prompt_gets_nothing_before_it(folder: Path) -> None:
    model = load(str(folder), "generate")
    assert isinstance(model, Generator)
    model._tokenizer.chat_template = "{% for turn in messages %}{{ turn.content }}{{ eos_token }}{% endfor %}"
    prediction = model.generate(Prompt(PROMPT, Sampling(2)))
    talk = [{"role": "user", "content": PROMPT}]
    assert list(prediction.ids[:-2]) == model._tokenizer.apply_chat_template(talk, return_dict=False)
    hidden = np.zeros((1, len(prediction.features)), dtype=np.bool_)
    assert np.isfinite(model.score(prediction, hidden, model.hidings[0])).all()


def test_a_template_is_asked_in_one_process_and_after_a_failure_again() -> None:
    renderer = Renderer("{{ messages[0]['content'] * 10 if messages[0]['content'] == 'long' else 'x' }}", {})
    talk = [{"role": "user", "content": "a"}]
    assert renderer.write([(talk, True)]) == ["x"]
    process = renderer._process
    assert renderer.write([(talk, False), (talk, True)]) == ["x", "x"]
    assert renderer._process is process
    assert process is not None
    process.kill()
    process.wait()
    assert renderer.write([(talk, True)]) == ["x"]
