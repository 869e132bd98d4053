import { expect, test } from "vitest";
import type { Vocabulary } from "../src/api/types";
import { addMuscle, addPattern, minor, setInjection, setPatient, setPlan, setProduct, takeOver, tickCaution } from "../src/state/changes";
import { matched } from "../src/parts/given";
import { draftOf, emptyDraft, planned, sketched, textOf, toCase } from "../src/state/draft";
import { initial, reduce, type State } from "../src/state/reducer";
import { unmet } from "../src/state/steps";
import { freeName } from "../src/state/saving";

const WORDS = {
  patterns: [
    {
      id: "flexed_wrist",
      words: "flexed wrist",
      joint: "wrist",
      muscles: ["flexor_carpi_radialis", "flexor_carpi_ulnaris", "flexor_carpi_radialis"].map((muscle) => ({
        muscle,
        role: "contributor",
        basis: "primary",
        source: { citation: "x" },
      })),
    },
  ],
} as unknown as Vocabulary;

function dosed(): State {
  let state = initial();
  for (const change of [
    setPatient({ code: "x-1", age: "50 y" }),
    setProduct("onabotulinumtoxinA"),
    setPlan({ jurisdiction: "US", dilution: "50 U/mL", vials: ["100 U"] }),
    addMuscle("soleus", "left"),
    setInjection(0, { dose: "75 U", sites: 3 }),
  ])
    state = reduce(state, { type: "change", change });
  return state;
}

test("a new plan has no product, no region and no dose", () => {
  const { plan } = emptyDraft();
  expect([plan.product, plan.jurisdiction, plan.dilution, plan.injections, plan.vials]).toEqual(["", "", "", [], []]);
});

test("what was left open stays open: no other therapy is written down unless it was chosen", () => {
  const state = dosed();
  expect(toCase(state.draft).plan).not.toHaveProperty("co_therapy");
  const chosen = reduce(state, { type: "change", change: setPlan({ co_therapy: "usual" }) });
  expect(toCase(chosen.draft).plan?.co_therapy).toBe("usual");
  const read = draftOf(toCase(state.draft));
  expect(read.plan.co_therapy).toBe("");
  expect(toCase(read).plan).not.toHaveProperty("co_therapy");
});

test("a pattern adds each muscle once, with an empty dose, and leaves typed doses alone", () => {
  const before = setInjection(0, { dose: "20 U" })(addMuscle("flexor_carpi_ulnaris", "left")(emptyDraft()));
  const after = addPattern("flexed_wrist", "left", WORDS)(before);
  expect(after.plan.injections.map((row) => [row.muscle, row.dose])).toEqual([
    ["flexor_carpi_ulnaris", "20 U"],
    ["flexor_carpi_radialis", ""],
  ]);
});

test("another product clears doses, vials and dilution; the same product clears nothing", () => {
  const { draft } = dosed();
  expect(setProduct("onabotulinumtoxinA")(draft)).toBe(draft);
  const { plan } = setProduct("abobotulinumtoxinA")(draft);
  expect([plan.injections[0]?.dose, plan.vials, plan.dilution]).toEqual(["", [], ""]);
  expect(plan.injections[0]?.sites).toBe(3);
});

test("undo and redo walk the same way back, and a new change ends the future", () => {
  const end = dosed();
  const back = reduce(reduce(end, { type: "undo" }), { type: "undo" });
  expect(back.draft.plan.injections).toEqual([]);
  expect(reduce(reduce(back, { type: "redo" }), { type: "redo" }).draft).toEqual(end.draft);
  expect(reduce(back, { type: "change", change: addMuscle("gracilis", "left") }).future).toEqual([]);
  expect(reduce(initial(), { type: "undo" }).touched).toBe(false);
});

test("typing into one field is one step back", () => {
  let state = dosed();
  const steps = state.past.length;
  for (const dose of ["8 U", "80 U", "80.5 U"])
    state = reduce(state, { type: "change", change: setInjection(0, { dose }), field: "dose.0" });
  expect(state.past.length).toBe(steps + 1);
  expect(reduce(state, { type: "undo" }).draft.plan.injections[0]?.dose).toBe("75 U");
});

test("a case holds only muscles with a dose, and a sketch holds all of them without one", () => {
  const draft = addMuscle("gracilis", "left")(dosed().draft);
  expect(planned(draft)?.plan?.injections.map((row) => row.muscle)).toEqual(["soleus"]);
  expect(sketched(draft)?.plan?.injections.map((row) => row.dose)).toEqual(["75 U", undefined]);
  expect(planned(emptyDraft())).toBeNull();
  expect(toCase(setPatient({ code: "a" })(emptyDraft())).plan).toBeUndefined();
});

test("a case read and written again is the same", () => {
  const value = planned(dosed().draft);
  expect(value && planned(draftOf(value))).toEqual(value);
});

test("a caution is yes, no or not asked, never two of them", () => {
  const yes = tickCaution("falls", "yes")(tickCaution("falls", "no")(emptyDraft()));
  expect([yes.patient.cautions, yes.patient.asked]).toEqual([["falls"], []]);
  const open = tickCaution("falls", "")(yes);
  expect([open.patient.cautions, open.patient.asked]).toEqual([[], []]);
});

test("under 18 the weight is missed, on the day of the 18th birthday it is not", () => {
  const at = (age: string) => setPatient({ code: "x", age })(emptyDraft());
  const open = { mustAsk: [], refused: [], worst: null, plan: null, seen: {} };
  expect(unmet(at("17.9 y"), open).person).toBe("unmet.weight");
  expect(minor(at("216 mo"))).toBe(false);
  expect(unmet(setPatient({ condition: "stroke" })(at("18 y")), open).person).toBe("");
  expect(unmet(at("23 mo"), open).person).toBe("unmet.under_2");
});

test("a new case never takes another file's name", () => {
  expect(freeName("arm 01", ["arm-01.yaml", "arm-01-2.yaml"])).toBe("arm-01-3.yaml");
  expect(freeName("../..", [])).toBe("case.yaml");
});

test("what was given stands in the plan only as typed, and one step back brings the plan back", () => {
  const state = [addMuscle("tibialis_posterior", "left"), setInjection(1, { dose: "25 U" })].reduce(
    (held, change) => reduce(held, { type: "change", change }),
    dosed(),
  );
  const rows = [
    { dose: "80 U", sites: 4, at: "45 %", none: false },
    { dose: "", sites: null, at: "", none: true },
  ];
  const given = reduce(state, { type: "change", change: takeOver("2026-11-23", rows) });
  expect(given.draft.plan.date).toBe("2026-11-23");
  expect(given.draft.plan.injections).toMatchObject([{ muscle: "soleus", dose: "80 U", sites: 4, at: "45 %" }]);
  expect(reduce(given, { type: "undo" }).draft).toEqual(state.draft);
});

test("a draft whose file was deleted goes on, and nothing is saved until its next change", () => {
  const saved = reduce(dosed(), { type: "file", opened: 0, file: "x-1.yaml", code: "x-1" });
  expect(reduce(saved, { type: "dropped", file: "other.yaml" })).toEqual(saved);
  const gone = reduce(saved, { type: "dropped", file: "x-1.yaml" });
  expect([gone.file, gone.touched, gone.gone, gone.draft]).toEqual([null, false, true, saved.draft]);
  const next = reduce(gone, { type: "change", change: setPatient({ age: "51 y" }) });
  expect([next.touched, next.gone]).toEqual([true, false]);
});

test("a case is the same text whichever way its keys came to stand, and another once a dose is", () => {
  const { draft } = dosed();
  const turned = { ...draft, patient: Object.fromEntries(Object.entries(draft.patient).reverse()) as typeof draft.patient };
  expect(textOf(turned)).toBe(textOf(draft));
  expect(textOf(setInjection(0, { dose: "76 U" })(draft))).not.toBe(textOf(draft));
});

test("two rows of one muscle are filled from two injections recorded, not twice from the first", () => {
  const row = (muscle: string, side = "left") => ({ muscle, side });
  const shot = (muscle: string, dose: string) => ({ ...row(muscle), dose });
  const recorded = [shot("soleus", "10 U"), shot("soleus", "20 U"), shot("gracilis", "5 U")];
  const { shots, others } = matched([row("soleus"), row("soleus"), row("soleus", "right")], recorded);
  expect(shots.map((one) => one?.dose)).toEqual(["10 U", "20 U", undefined]);
  expect(others.map((one) => one.dose)).toEqual(["5 U"]);
});

test("dates beside a case are of that case alone", () => {
  const dates = [{ kind: "surgery", date: "2026-12-01", until: "" }];
  const one = reduce(initial(), { type: "dates", dates });
  expect(one.dates).toEqual(dates);
  expect(reduce(one, { type: "open", draft: emptyDraft(), file: null }).dates).toEqual([]);
});
