"""A folder with everything that is right: what is spoilt afterwards, and what stands beside it."""

from __future__ import annotations

import json
import os
import shutil
import warnings
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any

from endplate.app.cli import main
from endplate.case.loader import load_case, load_goals

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
ADULT = EXAMPLES / "adult_arm.yaml"
TRAININGS = ROOT / "src" / "endplate" / "questions" / "training" / "data"
FEW = ("--draws", "4", "--horizon", "6 wk")

SPL = """<?xml version="1.0" encoding="UTF-8"?>
<document xmlns="urn:hl7-org:v3">
  <id root="11111111-0000-0000-0000-000000000000"/>
  <effectiveTime value="20231115"/>
  <setId root="22222222-0000-0000-0000-000000000000"/>
  <component><structuredBody><component><section>
    <title>2 DOSAGE AND ADMINISTRATION</title>
    <text><table><caption>Dosing by Muscle for Adult Upper Limb Spasticity</caption>
      <thead><tr><th>Pattern</th><th>Muscle</th><th>Recommended Dose; Number of Sites</th></tr></thead>
      <tbody><tr><td rowspan="2">Flexed elbow</td><td>Biceps Brachii<sup>a</sup></td>
        <td>60 Units-200 Units divided in 2-4 sites</td></tr>
      <tr><td><paragraph>Brachialis</paragraph></td><td>30 Units<br/>to 70 Units in 1-2 sites</td></tr>
      <tr><td colspan="2">Flexor Digitorum Profundus (FDP)</td><td>30 Units-50 Units in 1 site</td></tr>
    </tbody></table></text></section></component></structuredBody></component>
</document>
"""
PEOPLE = """age_y,sex,weight_kg,height_cm,months_since_onset,grade_elbow,grade_wrist
58,female,72,165,14,2,3
64,male,,,30,1,
,,80,181,7,3,2
"""
ANSWERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("fcr_one_site", {"needles": [{"at": 0.3, "angle_deg": 20, "depth_mm": 12, "dose": "20 U"}]}),
    ("name_forearm_volar", {"muscle": "flexor_carpi_radialis"}),
    ("wrong_wrist", {"cause": "dose"}),
)


def quiet(*words: str) -> int:
    """Run a command in process without a word; its exit code."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        return main(list(words))


@dataclass(frozen=True)
class Home:
    """A folder that holds right files, and room for spoilt ones.

    Attributes:
        folder: exists and is empty at first.
    """

    folder: Path
    _right: dict[str, Any] = field(default_factory=dict)

    def right(self, kind: str) -> Any:
        """The right files of a kind, read once."""
        from hardening.doors import KINDS

        if kind not in self._right:
            self._right[kind] = KINDS[kind].right(self)
        return self._right[kind]

    @cached_property
    def store(self) -> Path:
        """A store with one person, one session given and one result."""
        from endplate.store import Store

        place = self.folder / "right.db"
        store, _ = Store.init(place)
        with store:
            store.add(load_case(EXAMPLES / "adult_arm_visits.yaml"))
        return place

    @cached_property
    def backup(self) -> bytes:
        """A backup of that store."""
        place = self.folder / "right.endplate.gz"
        _done(quiet("store", "backup", str(place), "--store", str(self.store)))
        return place.read_bytes()

    @cached_property
    def tables(self) -> Path:
        """A folder of CSV tables of that store."""
        folder = self.folder / "tables"
        _done(
            quiet(
                "store",
                "export",
                "--all",
                "--format",
                "csv",
                "--out",
                str(folder),
                "--store",
                str(self.store),
            )
        )
        return folder

    @cached_property
    def made(self) -> Path:
        """A folder of results with its manifest."""
        folder = self.folder / "made"
        _done(quiet("check", str(ADULT), "--out", str(folder)))
        return folder

    @cached_property
    def result(self) -> bytes:
        """A result of a run."""
        folder = self.folder / "run"
        _done(quiet("simulate", str(ADULT), "--out", str(folder), *FEW))
        return (folder / "simulate.json").read_bytes()

    @cached_property
    def record(self) -> bytes:
        """A file of attempts at trainings."""
        file, answer = self.folder / "record.csv", self.folder / "answer.json"
        answer.write_text(json.dumps(ANSWERS[0][1]), encoding="utf-8")
        quiet("train", "attempt", ANSWERS[0][0], str(answer), "--record", str(file))
        return file.read_bytes()

    @cached_property
    def answer(self) -> Path:
        """An answer to a training."""
        self.record  # noqa: B018  (writes it)
        return self.folder / "answer.json"

    @cached_property
    def parquet(self) -> bytes:
        """A table of people as Parquet."""
        file = self.folder / "people.parquet"
        _done(quiet("people", "stroke_arm", "--n", "3", "--out", str(file)))
        return file.read_bytes()

    @cached_property
    def trial(self) -> Path:
        """A small trial."""
        return EXAMPLES / "trials" / "simpson1996.yaml"

    @cached_property
    def _trial_made(self) -> Path:
        folder = self.folder / "trial"
        _done(quiet("trial", str(self.trial), "--replicates", "1", "--out", str(folder)))
        return folder

    @property
    def trial_files(self) -> list[Path]:
        """What a trial reads again in its folder."""
        return [self._trial_made / "run.json", *sorted((self._trial_made / "people").glob("*.parquet"))]

    @property
    def trial_copy(self) -> Path:
        """A fresh copy of a trial's folder."""
        place = self.fresh("trial")
        shutil.copytree(self._trial_made, place)
        return place

    @property
    def held(self) -> Path:
        """A fresh copy of the store."""
        place = self.fresh("held.db")
        shutil.copyfile(self.store, place)
        return place

    @property
    def empty(self) -> Path:
        """A fresh store that holds nobody."""
        place = self.fresh("empty.db")
        shutil.copyfile(self._of_nobody, place)
        return place

    @cached_property
    def _of_nobody(self) -> Path:
        from endplate.store import Store

        place = self.folder / "nobody.db"
        Store.init(place)[0].close()
        return place

    @cached_property
    def client(self) -> Any:
        """Somebody who asks the server, in process, with its token."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the test client, about its own future
            from starlette.testclient import TestClient

        from endplate.app.server.application import create_app
        from endplate.app.server.settings import Settings
        from endplate.store import Store

        app = create_app(Settings(self.folder / "cases", "t", Store.open(self.held_by_server)))
        headers = {"Authorization": "Bearer t"}
        return TestClient(app, "http://127.0.0.1", headers=headers, raise_server_exceptions=False)

    @cached_property
    def held_by_server(self) -> Path:
        """The server's own copy of the store."""
        place = self.folder / "server.db"
        shutil.copyfile(self.store, place)
        return place

    @cached_property
    def requests(self) -> dict[str, Any]:
        """A right body for every path of the server that takes one."""
        case = load_case(ADULT).to_dict()
        goals = load_goals(EXAMPLES / "goals" / "adult_arm.yaml").model_dump(mode="json", exclude_none=True)
        needles = ANSWERS[0][1]["needles"]
        return {
            "POST /api/case/read": {"yaml": ADULT.read_text(encoding="utf-8"), "name": "case.yaml"},
            "POST /api/case/write": {"case": case},
            "POST /api/command": {"case": case, "verb": "run", "options": {"seed": 1}},
            "POST /api/check": {"case": case},
            "POST /api/ranges": {"case": case},
            "POST /api/totals": {"case": case},
            "POST /api/curves": {"case": case, "draws": 2, "seed": 1, "horizon_wk": 4},
            "POST /api/limb": {
                "case": case,
                "segment": "forearm",
                "side": "left",
                "view": "section",
                "at": 0.5,
            },
            "POST /api/spread": {"case": case, "muscle": "biceps_brachii", "side": "left"},
            "POST /api/body3d": {"case": case},
            "POST /api/jobs": {
                "case": case,
                "kind": "simulate",
                "goals": goals,
                "cases": [case],
                "options": {"draws": 2, "seed": 1, "horizon_wk": 4, "language": "en", "sections": ["checks"]},
            },
            "PUT /api/cases/a.yaml": {"case": case, "known": ""},
            "POST /api/store/persons": {"case": case, "who": "local"},
            "POST /api/store/persons/arm-04/visits": {
                "finding": {"date": "2026-12-20", "measure": "weakness", "value": "no"},
                "version": 1,
            },
            "POST /api/training/fcr_one_site/section": {"at": 0.5, "needles": needles},
            "POST /api/training/fcr_one_site/attempt": {"answer": {"needles": needles}, "learner": "s-07"},
        }

    def fresh(self, name: str) -> Path:
        """A place of the work folder where nothing stands."""
        place = self.folder / "work" / name
        place.parent.mkdir(exist_ok=True, parents=True)
        if os.path.isdir(place) and not os.path.islink(place):
            shutil.rmtree(place)
        elif os.path.lexists(place):
            place.unlink()
        return place


def _done(code: int) -> None:
    if code:
        raise SystemExit(f"what is right was refused: exit code {code}")


def document_of(path: Path) -> Any:
    """A right file as plain data."""
    from ruamel.yaml import YAML

    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))
    found = YAML(typ="safe", pure=True).load(path)
    return json.loads(json.dumps(found, default=str))
