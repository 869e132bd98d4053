"""The wheel, installed in a clean environment, does the main job without the repository."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_runs_the_demo_in_a_clean_environment(tmp_path):
    """Only the wheel is installed anew; its locked dependencies are lent, the checkout is not."""
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path / "dist", ROOT)
    (wheel,) = (tmp_path / "dist").glob("endplate-*.whl")
    run(sys.executable, "-m", "venv", tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", wheel)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    lent = site / "lent"
    lent.mkdir()
    for folder in {Path(str(d.locate_file(""))) for d in distributions()}:
        for entry in folder.iterdir():
            if "endplate" not in entry.name and entry.suffix != ".pth" and not (lent / entry.name).exists():
                (lent / entry.name).symlink_to(entry)
    (site / "lent.pth").write_text(str(lent), encoding="utf-8")
    where = run(python, "-c", "import endplate; print(endplate.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(tmp_path / "venv")
    told = run(python, "-m", "endplate", "demo", "--draws", "4", cwd=tmp_path)
    assert (tmp_path / "endplate-out" / "demo" / "report.html").stat().st_size > 10_000
    assert "Not a medical device" in told
