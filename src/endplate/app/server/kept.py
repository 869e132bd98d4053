"""Cases that are kept, words, examples, and what is held of labels and evidence."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from endplate.app.asked import day_of, known_word, quantity_of
from endplate.app.plain import plain
from endplate.app.server.asked import Document, Kept
from endplate.app.server.cases import CaseFolder, Changed, Missing, version_of
from endplate.app.server.guard import Refusal, problem
from endplate.app.server.meta import example_case, meta
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.outputs.language import _, plain_letters, spoken

router = APIRouter(prefix="/api", tags=["held"])
FileName = Annotated[str, Path(max_length=100)]
_GONE: dict[int | str, dict[str, Any]] = {404: {"description": "There is none of that name."}}
_ELSEWHERE: dict[int | str, dict[str, Any]] = {409: {"description": "The file was changed elsewhere."}}
BOARD = FilePath(__file__).parent / "board.json"
_LIMBS = ("upper", "lower", "any")
_PAGE = 50


def _folder(request: Request) -> CaseFolder:
    folder: CaseFolder = request.app.state.folder
    return folder


def _missing(message: str) -> Response:
    return Refusal(problem("missing", message, "See the list."), status_code=404)


def _changed(file: str, remedy: str) -> Response:
    message = Sentence("{file} was changed elsewhere since it was opened", file=file)
    return Refusal(problem("changed_elsewhere", message, remedy), status_code=409)


@router.get("/health")
def health() -> Document:
    """Whether the server answers; needs no token."""
    return {"ok": True}


@router.get("/meta")
def words(request: Request) -> Document:
    """Words, wordings, examples and extras in the language asked for; the store's name, or null."""
    store = request.app.state.store
    return {**meta(spoken()), "store": store and store.place.word}


@router.get("/examples/{name}", responses=_GONE)
def example(name: Annotated[str, Path(max_length=100)]) -> Response:
    """An example case."""
    found = example_case(name)
    if found is None:
        return _missing(Sentence("There is no example {name}", name=name))
    return JSONResponse({"case": found[0], "yaml": found[1]})


@router.get("/glossary")
def glossary() -> Document:
    """The words of the field and what they mean, in the language asked for, in its alphabetical order."""
    from endplate.knowledge.vocabulary.glossary import load_glossary

    told = [
        {"id": term.id, "term": _(term.term), "meaning": _(term.meaning), "records": list(term.records)}
        for term in load_glossary()
    ]
    return {"terms": sorted(told, key=lambda row: plain_letters(str(row["term"])))}


@router.get("/cases")
def cases(request: Request) -> Document:
    """Every case file of the folder."""
    return {"folder_name": _folder(request).name, "cases": _folder(request).listed()}


@router.get("/cases/{file}", responses=_GONE)
def case(file: FileName, request: Request) -> Response:
    """One case file."""
    try:
        found, text = _folder(request).read(file)
    except Missing:
        return _missing(Sentence("There is no case {file}", file=file))
    return JSONResponse({"case": found.as_stated(), "yaml": text, "version": version_of(text)})


@router.put("/cases/{file}", responses=_ELSEWHERE)
def keep(file: FileName, asked: Kept, request: Request) -> Response:
    """Keep a case: the file is written whole or not at all, and never over what the asker does not know."""
    try:
        text = _folder(request).keep(file, asked.case, asked.known)
    except Changed:
        return _changed(file, Sentence("Open the file again, or keep this case under another code."))
    return JSONResponse({"file": file, "yaml": text, "version": version_of(text)})


@router.delete("/cases/{file}", status_code=204, responses=_GONE | _ELSEWHERE)
def drop(
    file: FileName, request: Request, known: Annotated[str | None, Query(max_length=64)] = None
) -> Response:
    """Delete a case file; with the version that the asker knows, only that one."""
    try:
        _folder(request).drop(file, known)
    except Missing:
        return _missing(Sentence("There is no case {file}", file=file))
    except Changed:
        return _changed(file, Sentence("It stays as it is: open it to see what it holds."))
    return Response(status_code=204)


@router.get("/labels/status")
def label_status(
    product: str,
    age: str,
    jurisdiction: str = "US",
    indication: str = "spasticity",
    limb: str = "upper",
    cause: str | None = None,
    as_of: str | None = None,
) -> Document:
    """Whether a use was on the label on a day."""
    from endplate.knowledge import labels
    from endplate.knowledge.vocabulary import CONDITIONS, INDICATIONS, JURISDICTIONS, PRODUCTS

    on = day_of(as_of, "as_of")
    answer = labels.label_status(
        product=known_word(product, PRODUCTS, "product"),
        indication=known_word(indication, INDICATIONS, "indication"),
        limb=known_word(limb, _LIMBS, "limb"),
        age_y=quantity_of(age, ("y", "mo", "wk", "d"), "y", "age"),
        cause=None if cause is None else known_word(cause, CONDITIONS, "cause"),
        jurisdiction=known_word(jurisdiction, JURISDICTIONS, "jurisdiction"),
        on=on,
    )
    return {**plain(answer.to_dict()), "as_of": on.isoformat()}


@router.get("/labels/limits")
def label_limits(
    product: str,
    age: str,
    jurisdiction: str = "US",
    limb: str = "any",
    as_of: str | None = None,
    weight: str | None = None,
) -> Document:
    """Every limit held for a product and age on a day; those per kg worked out for a weight."""
    from endplate.knowledge.labels import rules_for
    from endplate.knowledge.vocabulary import JURISDICTIONS, PRODUCTS

    on, part = day_of(as_of, "as_of"), known_word(limb, _LIMBS, "limb")
    known = known_word(product, PRODUCTS, "product")
    place = known_word(jurisdiction, JURISDICTIONS, "jurisdiction")
    age_y = quantity_of(age, ("y", "mo", "wk", "d"), "y", "age")
    weight_kg = None if weight is None else quantity_of(weight, ("kg",), "kg", "weight")
    rules = rules_for(known, place, on, age_y=age_y)
    shown = [rule.to_dict(weight_kg) for rule in rules if "any" in (part, rule.limb) or rule.limb == part]
    return {"product": known, "as_of": on.isoformat(), "limits": plain(shown)}


@router.get("/studies", responses=_GONE)
def studies() -> Response:
    """The scoreboard as it was last written: published studies against the model, hits and misses alike."""
    if not BOARD.is_file():
        return _missing("There is no scoreboard in this installation")
    return Response(BOARD.read_bytes(), media_type="application/json")


@router.get("/evidence")
def evidence(
    basis: str | None = None,
    text: Annotated[str | None, Query(max_length=200)] = None,
    ids: Annotated[str | None, Query(max_length=2000)] = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Document:
    """Evidence records, a page at a time; ``ids`` keeps those named, with commas between."""
    from endplate.knowledge.evidence import load_records

    named = set(ids.split(",")) if ids else None
    every = [row for row in load_records().values() if named is None or row.id in named]
    bases: dict[str, int] = {}
    for row in every:
        bases[row.basis] = bases.get(row.basis, 0) + 1
    wanted = (text or "").lower()
    found = [
        row
        for row in every
        if basis in (None, "", row.basis) and wanted in f"{row.id} {row.meaning} {row.source}".lower()
    ]
    shown = found[(page - 1) * _PAGE : page * _PAGE]
    rows = [
        {
            "id": row.id,
            "meaning": row.meaning,
            "value": row.value,
            "unit": row.unit,
            "basis": row.basis,
            "source": row.source,
            "place": row.place,
        }
        for row in shown
    ]
    return {"records": plain(rows), "total": len(found), "page": page, "page_size": _PAGE, "bases": bases}


@router.get("/evidence/{record_id}", responses=_GONE)
def record(record_id: Annotated[str, Path(max_length=200)]) -> Response:
    """One record with its source."""
    from endplate.knowledge.evidence import load_records, load_sources

    found = load_records().get(record_id)
    if found is None:
        return _missing(Sentence("There is no record {record}", record=record_id))
    source = load_sources().get(found.source)
    told = {name: value for name, value in vars(found).items() if not name.startswith("_")}
    told |= {"checked": str(found.checked), "distribution": str(found.distribution)}
    cited = {"citation": source.citation, "url": source.url} if source else None
    return JSONResponse(plain({**told, "cited": cited}))
