"""Nothing of a user's is run; files are for their owner until they are whole; pipes and paths have bounds."""

from __future__ import annotations

import ast
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from pathlib import Path

import pytest

from endplate import handed
from endplate.app import files
from endplate.errors import InputError, hidden, visible

SOURCES = sorted((Path(__file__).parents[2] / "src" / "endplate").rglob("*.py"))
RUNS = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
UNSAFE = {
    *("pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml", "jsonpickle"),
    *(
        "subprocess",
        "ctypes",
        "code",
        "pty",
        "xml.etree.ElementTree",
        "xml.dom",
        "xml.sax",
        "lxml",
        "zipfile",
        "tarfile",
    ),
}
ALLOWED = {
    # doctor loads every extra in a process of its own: of fixed words, nothing of a file.
    ("app/extras.py", "subprocess"),
    # Chunks of a trial to workers that the user names with --scheduler; of one version on both sides.
    ("questions/trialling/cluster.py", "pickle"),
    # Builders of trees alone: parsing is defusedxml's, which refuses document types and entities.
    ("knowledge/labels/spl_xml.py", "xml.etree.ElementTree"),
    # Reads the drawings that endplate itself made.
    ("outputs/report_pdf_parts.py", "xml.etree.ElementTree"),
    # Escapes text that is written.
    ("outputs/sbml.py", "xml.sax"),
}
WRITERS = {
    *("app/files.py", "store/backup.py"),  # the two that write whole files, beside their place first
    "questions/trialling/kept.py",  # likewise, with a lock on the folder
    "knowledge/evidence/posterior.py",  # data of endplate itself, when it is calibrated
    "simulation/anatomy.py",  # likewise, when its library is built
}
OWN_FILE, OWN_FOLDER = 0o600, 0o700


@cache
def trees():
    """The syntax tree of every module, by its place; what only the type checker imports is left out."""
    found = {}
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                node.body = []
        found[path.relative_to(SOURCES[0].parent).as_posix()] = tree
    return found


def used(tree):
    """Modules imported, and names called, that can run what they are given or read it unsafely."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (
                name for each in node.names for name in UNSAFE if f"{each.name}.".startswith(f"{name}.")
            )
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (name for name in UNSAFE if f"{node.module}.".startswith(f"{name}."))
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in RUNS:
                yield node.func.id
            elif isinstance(node.func, ast.Attribute) and _is_system(node.func):
                yield f"os.{node.func.attr}"


def _is_system(call):
    owner = call.value.id if isinstance(call.value, ast.Name) else ""
    return owner == "os" and call.attr.startswith(("system", "popen", "exec", "spawn", "posix_spawn"))


def test_nothing_of_a_users_is_run_or_unpickled():
    """Every exception is listed with its reason, and every one listed is used."""
    found = {(name, what) for name, tree in trees().items() for what in used(tree)}
    assert found == ALLOWED


def test_arrays_are_loaded_without_objects_and_yaml_only_round_trip():
    for name, tree in trees().items():
        for node in ast.walk(tree):
            words = {word.arg: ast.unparse(word.value) for word in getattr(node, "keywords", ())}
            assert words.get("allow_pickle") in (None, "False"), name
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "YAML":
                assert words.get("typ", "'rt'") in ("'rt'", "'safe'"), name


def test_files_are_written_by_the_writers_of_whole_files_alone():
    for name, tree in trees().items():
        writes = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _writes(node)]
        assert not writes or name in WRITERS, (name, [node.lineno for node in writes])


def _writes(call):
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("write_text", "write_bytes"):
        return isinstance(call.func, ast.Attribute)
    modes = [*call.args[:2], *(word.value for word in call.keywords if word.arg == "mode")]
    told = [each.value for each in modes if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return name in ("open", "fdopen") and any(
        set(mode) <= set("wabx+t") and set(mode) & set("wax+") for mode in told
    )


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_a_file_is_for_its_owner_alone_until_it_is_whole(tmp_path, monkeypatch):
    seen = []
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda old, new: (seen.append(mode(tmp_path)), replace(old, new)))
    monkeypatch.setattr(os, "chmod", lambda path, bits: seen.append(mode(path)))
    files.write_text(tmp_path / "a.txt", "x")
    assert seen[0] == OWN_FILE
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_that_is_whole_has_the_usual_mode(tmp_path):
    (tmp_path / "usual").touch()
    assert mode(files.write_text(tmp_path / "a.txt", "x")) == mode(tmp_path / "usual")


def test_temporary_folders_are_for_their_owner_alone():
    with tempfile.TemporaryDirectory(prefix="endplate-") as name:
        assert mode(name) == OWN_FOLDER


def test_a_store_and_its_backup_are_for_their_owner_alone(tmp_path, databases):
    from endplate.store import Store

    store, _ = Store.init(tmp_path / "s.db")
    with store:
        store.backup(tmp_path / "s.gz")
    assert {mode(path) for path in tmp_path.iterdir()} == {OWN_FILE}


WRITER = """
import sys
from pathlib import Path
from endplate.app.files import write_text
number = 0
while True:
    write_text(Path(sys.argv[1]), str(number % 10) * 2_000_000)
    number += 1
"""


def test_a_writer_that_is_killed_leaves_a_whole_file(tmp_path):
    place = tmp_path / "result.txt"
    for delay in (0.3, 0.05, 0.11, 0.17, 0.23):
        child = subprocess.Popen([sys.executable, "-c", WRITER, str(place)])
        while not place.exists():
            time.sleep(0.01)
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
        child.wait()
        text = place.read_text(encoding="utf-8")
        assert len(text) == 2_000_000
        assert len(set(text)) == 1


def test_a_silent_pipe_is_given_up_and_one_that_talks_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(handed, "PATIENCE_S", 0.2)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(handed.Unread, match="nothing came"):
        handed.raw_of(pipe, 10)
    read, write = os.pipe()
    os.write(write, b"endplate")
    os.close(write)
    assert handed.raw_of(f"/dev/fd/{read}", 10) == b"endplate"
    os.close(read)


def test_who_holds_a_pipe_is_waited_for(monkeypatch):
    """A producer that takes longer than patience, as one at the other end of a network does."""
    monkeypatch.setattr(handed, "PATIENCE_S", 0.1)
    read, write = os.pipe()
    later = threading.Timer(0.5, lambda: (os.write(write, b"endplate"), os.close(write)))
    later.start()
    assert handed.raw_of(f"/dev/fd/{read}", 10) == b"endplate"
    later.join()
    os.close(read)


@pytest.mark.parametrize("most", [0, 9, 10])
def test_a_file_is_read_whole_or_refused(tmp_path, most):
    file = tmp_path / "f"
    file.write_bytes(b"x" * 10)
    if most < 10:
        with pytest.raises(InputError, match="larger than"):
            handed.content(file, most, remedy="Another.", larger="Less.")
    else:
        assert handed.content(file, most, remedy="Another.", larger="Less.") == b"x" * 10


def test_a_device_without_end_is_refused_after_its_first_bytes():
    with pytest.raises(handed.Unread):
        handed.raw_of("/dev/zero", 1000)


@pytest.mark.parametrize(
    "letter", ["\x1b", "\r", "\x07", "\x00", "\x85", "\u202e", "\u2066", "\u2028", "\ud800"]
)
def test_what_steers_a_terminal_is_shown_by_its_code(letter):
    assert hidden(f"a{letter}b") == letter
    told = InputError(f"a{letter}b", rule="r", remedy=f"{letter}", file=f"{letter}.yaml", field=letter)
    assert letter not in str(told)
    assert visible("é\n\t\u200d漢") == "é\n\t\u200d漢"


def test_what_a_file_may_say_in_arabic_or_on_windows_is_no_hidden_letter():
    assert hidden("\u200f\u0645\u0631\u0641\u0642 elbow\u200e") is None
    assert hidden("one\r\ntwo") is None
    assert visible("\u200fx") == "\\u200fx"
    assert hidden("a\u202eb") == "\u202e"


def test_a_table_is_bounded_in_cells_before_it_is_read(tmp_path, extra):
    """A few kB of Parquet may stand for billions of cells."""
    extra("pyarrow", "tables")
    import pyarrow
    from pyarrow import parquet

    from endplate.simulation.table_file import MOST_CELLS, MOST_ROWS, read_table

    columns = MOST_CELLS // MOST_ROWS + 1
    column = pyarrow.array([1.0] * MOST_ROWS).dictionary_encode().dictionary_decode()
    parquet.write_table(pyarrow.table({f"c{k}": column for k in range(columns)}), tmp_path / "wide.parquet")
    with pytest.raises(InputError, match="cells"):
        read_table(tmp_path / "wide.parquet")


def test_a_table_of_decimals_is_read(tmp_path, extra):
    """As databases write numbers."""
    extra("pyarrow", "tables")
    from decimal import Decimal

    import pyarrow
    from pyarrow import parquet

    from endplate.simulation.table_file import read_table

    held = pyarrow.table({"age_y": pyarrow.array([Decimal("6.5")], pyarrow.decimal128(5, 2))})
    parquet.write_table(held, tmp_path / "ages.parquet")
    assert float(read_table(tmp_path / "ages.parquet").columns["age_y"][0]) == 6.5


def test_a_folder_that_is_gone_is_one_message(tmp_path):
    """Whoever works in a folder that was deleted is told of the file, not of ours."""
    gone = tmp_path / "gone"
    gone.mkdir()
    code = (
        f"import os, shutil; os.chdir({str(gone)!r}); shutil.rmtree({str(gone)!r});"
        "from endplate.app.cli import main; raise SystemExit(main(['check', 'case.yaml']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
