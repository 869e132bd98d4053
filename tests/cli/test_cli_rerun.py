"""rerun: the same bytes in another folder and another process, and nothing but what a manifest may ask."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from program import ADULT, EXAMPLES, WRONG, ask, fails, process

from endplate.app.cli import main
from endplate.app.manifest import Kept, Manifest, own_files, read_manifest

ELBOW = str(EXAMPLES / "adult_arm_elbow.yaml")
FEW = ("--draws", "8", "--horizon", "6 wk")
GOALS = ("--goals", str(EXAMPLES / "goals" / "adult_arm.yaml"), "--draws", "20")
COMMANDS = {
    "run": ("run", ADULT, *FEW),
    "check": ("check", WRONG),
    "simulate": ("simulate", ADULT, *FEW, "--seed", "3"),
    "compare": ("compare", ADULT, ELBOW, *FEW),
    "optimise": ("optimise", ADULT, *GOALS),
    "spread": ("view", "spread", ADULT, "--muscle", "biceps_brachii"),
    "joint": ("view", "joint", ADULT),
    "people": ("people", "stroke_arm", "--n", "5"),
    "sbml": ("export", "sbml", ADULT, "--bins", "1"),
    "fhir": ("export", "fhir", ADULT),
    "csv": ("export", "csv", ADULT),
}


@pytest.fixture
def made(tmp_path, capsys):
    """The folder of a small simulation."""
    folder = tmp_path / "made"
    assert main(["simulate", ADULT, *FEW, "--quiet", "--out", str(folder)]) == 0
    capsys.readouterr()
    return folder


def rewritten(folder, **changed):
    """The manifest with other content, whole in itself, as somebody may forge it."""
    held = read_manifest(folder / "manifest.json")
    told = {name: getattr(held, name) for name in Manifest.__dataclass_fields__} | changed
    path = folder / "manifest.json"
    path.write_text(json.dumps(Manifest(**told).to_dict()), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_rerun_in_another_folder_gives_the_same_bytes(tmp_path, capsys, name):
    first, moved = tmp_path / "first", tmp_path / "elsewhere" / "moved"
    code = main([*COMMANDS[name], "--quiet", "--out", str(first)])
    assert code in (0, 1)
    moved.parent.mkdir()
    shutil.move(first, moved)
    capsys.readouterr()
    again, document, _ = ask(capsys, "rerun", str(moved / "manifest.json"), "--out", str(tmp_path / "again"))
    assert {row["status"] for row in document["files"]} == {"identical"}
    assert (again, document["identical"], document["exit_code"]["then"]) == (0, True, code)
    names = {path.name for path in moved.iterdir()} - {"manifest.json", "inputs"}
    assert {row["file"] for row in document["files"]} == names
    for row in document["files"]:
        made = (tmp_path / "again" / row["file"]).read_bytes()
        assert made == (moved / row["file"]).read_bytes()
        assert str(tmp_path).encode() not in made


def test_another_process_gives_the_same_bytes(made):
    done = process("rerun", str(made / "manifest.json"))
    assert done.returncode == 0, done.stderr
    assert "All files are identical." in done.stdout


def test_a_manifest_names_no_place_of_the_computer(tmp_path, capsys):
    folder = tmp_path / "private" / "out"
    case = tmp_path / "private" / "case.yaml"
    case.parent.mkdir()
    shutil.copy(ADULT, case)
    main(["run", str(case), *FEW, "--quiet", "--out", str(folder)])
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in text and "private" not in text
    held = read_manifest(folder / "manifest.json")
    assert [each.file for each in held.inputs] == ["inputs/1/case.yaml"]
    assert {"endplate", "model_version", "python", "processor", "numpy"} <= set(held.made_by)
    assert json.loads((folder / "result.json").read_text(encoding="utf-8"))["report"] == "report.html"


def test_what_a_command_prints_keeps_whole_paths(tmp_path, capsys):
    _, document, _ = ask(capsys, "run", ADULT, *FEW, "--out", str(tmp_path))
    assert document["report"] == str(tmp_path / "report.html")


def test_a_changed_result_is_told(made, capsys):
    path = made / "simulate.json"
    path.write_text(path.read_text(encoding="utf-8").replace("0.9", "0.8"), encoding="utf-8")
    code, document, _ = ask(capsys, "rerun", str(made / "manifest.json"))
    assert (code, document["files"]) == (1, [{"file": "simulate.json", "status": "changed since"}])
    main(["rerun", str(made / "manifest.json")])
    assert "fault in endplate" not in capsys.readouterr().out


def test_other_bytes_and_why_they_may_differ_are_told(made, capsys):
    held = read_manifest(made / "manifest.json")
    other = {**held.made_by, "numpy": "1.0.0"}
    path = rewritten(made, files=(Kept("simulate.json", "0" * 64),), made_by=other)
    code, document, _ = ask(capsys, "rerun", path)
    assert (code, document["files"][0]["status"]) == (1, "differs")
    (apart,) = document["made_by_apart"]
    assert (apart["what"], apart["then"], apart["now"]) == ("numpy", "1.0.0", held.made_by["numpy"])


def test_a_changed_record_is_no_fault_of_endplate(made, capsys):
    """Whoever changed a record since is told so, though the version is the same."""
    held = read_manifest(made / "manifest.json")
    path = rewritten(
        made, files=(Kept("simulate.json", "0" * 64),), made_by={**held.made_by, "own_files": "0" * 16}
    )
    assert main(["rerun", path]) == 1
    told = capsys.readouterr().out
    assert "own_files: 0000" in told
    assert "fault in endplate" not in told


def test_the_digest_of_own_files_is_of_names_and_contents_alone(tmp_path):
    trees = [tmp_path / "pages" / name for name in ("one", "two", "other")]  # wherever it is installed
    for tree, number in zip(trees, (1, 1, 2), strict=True):
        (tree / "__pycache__").mkdir(parents=True)
        (tree / "records.toml").write_text(f"value = {number}\n")
        (tree / "__pycache__" / "a.py").write_text(tree.name)
    one, two, other = (own_files(tree) for tree in trees)
    assert one == two != other


def test_a_changed_copy_is_refused(made, capsys):
    copy = made / "inputs" / "1" / "adult_arm.yaml"
    copy.write_text(copy.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    assert "inputs/1/adult_arm.yaml" in fails(capsys, "rerun", str(made / "manifest.json"))["message"]
    copy.unlink()
    assert fails(capsys, "rerun", str(made / "manifest.json"))["rule"] == "manifest"


def test_a_changed_manifest_is_refused(made, capsys):
    path = made / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace("--seed=1", "--seed=2"), encoding="utf-8")
    assert "was changed" in fails(capsys, "rerun", str(path))["message"]


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", '{"endplate_manifest": 1}', "\xff"])
def test_what_is_no_manifest_is_refused(tmp_path, capsys, text):
    path = tmp_path / "manifest.json"
    path.write_text(text, encoding="latin-1")
    assert fails(capsys, "rerun", str(path))["rule"] == "manifest"
    assert fails(capsys, "rerun", str(tmp_path / "none.json"))["rule"] == "manifest"


@pytest.mark.parametrize(
    "place", ["../made/simulate.json", "/etc/hostname", "inputs/../../x", "a\\..\\b", ""]
)
def test_a_place_outside_the_folder_is_refused(made, capsys, place):
    for part in ("inputs", "files"):
        shutil.copy(made / "manifest.json", made / "kept.json")
        path = rewritten(made, **{part: (Kept(place, "0" * 64),)})
        assert fails(capsys, "rerun", path)["rule"] == "manifest"
        shutil.copy(made / "kept.json", made / "manifest.json")


def test_a_link_out_of_the_folder_is_refused(made, capsys):
    copy = made / "inputs" / "1" / "adult_arm.yaml"
    copy.unlink()
    copy.symlink_to(ADULT)
    assert "does not lie in its folder" in fails(capsys, "rerun", str(made / "manifest.json"))["message"]


@pytest.mark.parametrize(
    "words",
    [
        ("serve",),
        ("store", "init", "x.db"),
        ("rerun", "manifest.json"),
        ("simulate", "--", ADULT),
        ("simulate", "--out=elsewhere", "--", "inputs/1/adult_arm.yaml"),
        ("run", "--store=kept.db", "--", "inputs/1/adult_arm.yaml"),
        ("run", "--goals=../goals.yaml", "--", "inputs/1/adult_arm.yaml"),
        ("simulate", "--help"),
        ("simulate", "--nothing", "--", "inputs/1/adult_arm.yaml"),
        ("reproduce", "--", "inputs"),
        (),
        ("sh", "-c", "true"),
    ],
)
def test_words_that_no_command_of_the_list_left_are_refused(made, capsys, words):
    assert fails(capsys, "rerun", rewritten(made, words=words))["rule"] == "manifest"
    assert not Path("elsewhere").exists()


def test_a_run_with_a_store_leaves_a_manifest_that_says_why_it_cannot_run_again(tmp_path, capsys, extra):
    for name in ("sqlalchemy", "alembic"):
        extra(name, "store")
    place, out = str(tmp_path / "kept.db"), tmp_path / "out"
    for words in (("init",), ("add", ADULT)):
        assert main(["store", *words, "--store", place, "--quiet"]) == 0
    assert main(["run", ADULT, *FEW, "--store", place, "--quiet", "--out", str(out)]) == 0
    capsys.readouterr()
    assert "kept.db" not in (out / "manifest.json").read_text(encoding="utf-8")
    assert "store" in fails(capsys, "rerun", str(out / "manifest.json"))["message"]


def test_a_rerun_never_writes_over_results(made, capsys):
    told = fails(capsys, "rerun", str(made / "manifest.json"), "--out", str(made))
    assert (told["rule"], told["field"]) == ("rerun_over", "--out")


def test_a_command_that_fails_leaves_no_manifest(tmp_path, capsys):
    fails(capsys, "simulate", str(tmp_path / "none.yaml"), "--out", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
