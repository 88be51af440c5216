"""The command line as a user types it, in a process of its own where that matters."""

import json
import socket
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from sidelight.dashboard.__main__ import main
from sidelight.explain import explain, load_report
from sidelight.models import load

from .journeys import command
from .tiny import save_generator

TEXT = "The film is not very good, but charming."


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["sidelight", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def test_a_table_and_files_by_their_ending(
    tiny_classifier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(tmp_path / f"report{ending}") for ending in (".html", ".json", ".csv")]
    wanted = [part for file in files for part in ("--out", file)]
    code = run(monkeypatch, "explain", TEXT, "--model", str(tiny_classifier), "--method", "shap", *wanted)
    assert code == 0
    shown = capsys.readouterr().out
    assert "positive" in shown
    report = load_report(files[1])
    assert report.attributions[0].values == explain(load(str(tiny_classifier)), TEXT, ["shap"]).attributions[0].values
    for feature in report.predictions[0].features:
        assert feature.text in shown
    assert "<script" not in Path(files[0]).read_text(encoding="utf-8")
    assert len(Path(files[2]).read_text(encoding="utf-8-sig").splitlines()) == 1 + 2 * len(
        report.predictions[0].features
    )


def test_the_text_can_come_from_standard_input(tiny_classifier: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    command = [sys.executable, "-P", "-m", "sidelight.dashboard", "explain", "-", "--model", str(tiny_classifier)]
    subprocess.run(
        [*command, "--method", "occlusion", "--out", str(out)], input="这部电影真的很好看".encode(), check=True
    )
    assert json.loads(out.read_text(encoding="utf-8"))["predictions"][0]["segments"] == ["这部电影真的很好看"]


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfgood film\r\nso\r\n", "good film\r\nso\r\n".encode("utf-16")])
def test_standard_input_is_read_without_its_mark_and_its_last_line_end(
    content: bytes, tiny_classifier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "r.json"
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(content)))
    wanted = ["--model", str(tiny_classifier), "--method", "occlusion", "--out", str(out)]
    assert run(monkeypatch, "explain", "-", *wanted) == 0
    assert load_report(out).predictions[0].segments == ("good film\nso",)


def test_standard_input_in_another_encoding_is_asked_about(
    tiny_classifier: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = ["--model", str(tiny_classifier), "--method", "occlusion"]
    for encoding, code in (((), 2), (("--encoding", "Windows-1252"), 0)):
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO("good café".encode("cp1252"))))
        assert run(monkeypatch, "explain", "-", *wanted, *encoding) == code
    assert "standard input, line 1: byte 9 (0xe9) is not UTF-8; say by --encoding" in capsys.readouterr().err


def test_a_continuation_is_explained_token_by_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model, out = save_generator(tmp_path / "generator", "llama"), tmp_path / "r.json"
    wanted = ["--task", "generate", "--model", str(model), "--method", "shap", "--out", str(out)]
    code = run(monkeypatch, "explain", "the film", *wanted, "--continuation", "was", "--target", "2", "--contrast", "i")
    assert code == 0
    assert "For 'a' rather than 'i', by word, in log probability ratio" in capsys.readouterr().out
    report = load_report(out)
    assert report.predictions[0].segments == ("the film", "was")
    prediction = report.predictions[0]
    assert [prediction.targets[place].name for place in prediction.placed] == ["w", "a", "s"]
    assert report.attributions[0].gap == pytest.approx([0] * len(prediction.targets), abs=1e-4)


WRONG = {
    "empty text": (["", "--model", "MODEL"], "there is nothing to explain"),
    "unknown label": ([TEXT, "--model", "MODEL", "--target", "neutral"], "choose one by name or number: negative (0)"),
    "unknown method": (
        [TEXT, "--model", "MODEL", "--method", "shep"],
        "'shep' is not a method; choose one of occlusion",
    ),
    "unknown setting": ([TEXT, "--model", "MODEL", "--method", "lime:size=3"], "lime has no setting 'size'"),
    "unknown unit": ([TEXT, "--model", "MODEL", "--unit", "phrase"], "'phrase' is not a unit; choose one of word"),
    "unknown task": ([TEXT, "--model", "MODEL", "--task", "sing"], "'sing' is not a task; choose one of classify"),
    "unknown ending": ([TEXT, "--model", "MODEL", "--out", "r.doc"], "'.doc' is not one of .html, .pdf, .json, .csv"),
    "missing folder": ([TEXT, "--model", "./none"], "there is no folder './none'"),
    "unwritable": ([TEXT, "--model", "MODEL", "--out", "/no/such/r.csv"], "the folder '/no/such' does not exist"),
    "a bad number": ([TEXT, "--seed", "many"], "--seed"),
    "nothing for the demo": ([" "], "there is nothing to explain"),
    "no text": ([], "Missing argument"),
    "unknown option": ([TEXT, "--colour", "red"], "--colour"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_input_ends_with_code_2_and_one_line(
    case: str,
    tiny_classifier: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments, message = WRONG[case]
    code = run(monkeypatch, "explain", *(str(tiny_classifier) if part == "MODEL" else part for part in arguments))
    error = capsys.readouterr().err
    assert code == 2
    assert message in error
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert not list(tmp_path.iterdir())


def test_a_fault_of_ours_is_one_line_and_its_place_is_shown_on_request(tiny_classifier: Path) -> None:
    arguments = ["sidelight", "explain", TEXT, "--model", str(tiny_classifier)]
    code = (
        "import sys, sidelight.models\n"
        "def fault(*_): raise RuntimeError('two\\nlines')\n"
        "sidelight.models.load = fault\n"
        f"sys.argv = {arguments!r}\n"
        "from sidelight.dashboard.__main__ import main\n"
        "main()"
    )
    told, shown = (
        subprocess.run([sys.executable, *mode, "-c", code], capture_output=True, text=True, check=False)
        for mode in ((), ("-X", "dev", "-W", "ignore"))
    )
    assert told.returncode == 1
    assert told.stderr.endswith(
        "a fault of Sidelight itself (RuntimeError: two lines); with PYTHONDEVMODE=1 set it says where; "
        "please report it\n"
    )
    assert "Traceback" not in told.stderr
    assert "Traceback" in shown.stderr


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['sidelight', '--help']\n"
        "from sidelight.dashboard.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: print(sorted({'torch', 'transformers', 'streamlit', 'shap'} & set(sys.modules)))"
    )
    shown = subprocess.check_output([sys.executable, "-P", "-c", code], text=True)
    assert "explain" in shown
    assert shown.splitlines()[-1] == "[]"


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        finished = subprocess.run(command(tmp_path, port), capture_output=True, text=True, check=False)
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert f"can't listen on port {port}" in finished.stderr
    assert finished.stderr.count("\n") == 1
