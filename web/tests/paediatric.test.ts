import { expect, test } from "vitest";
import { curveOf, distinct } from "../src/api/developed";
import type { Band } from "../src/api/types";
import { apart } from "../src/charts/scale";
import { evidenceOf, isOf } from "../src/parts/known";
import { byProduct } from "../src/screens/compare";
import { lacking, optionsOf } from "../src/screens/develop";
import { addMuscle, setInjection, setPatient, setPlan, setProduct } from "../src/state/changes";
import { emptyDraft } from "../src/state/draft";
import { against, daysOf, limbFinder } from "../src/state/paediatric";

test("a group of muscles belongs to the limb of its members", () => {
  const limbOf = limbFinder({ muscles: [{ id: "soleus", limb: "lower", joints: [] }], groups: { calf: ["soleus"] } });
  expect(["soleus", "calf", "nose"].map(limbOf)).toEqual(["lower", "lower", ""]);
});

test("a date stands before, in or after the middle half of the peaks", () => {
  const peak: Band = { p05: 5, p25: 20, median: 30, p75: 40, p95: 60 };
  const start = Date.parse("2026-01-01");
  const days = (date: string, until = ""): [number, number] => daysOf({ kind: "school", date, until }, start) ?? [0, 0];
  expect(daysOf({ kind: "school", date: "", until: "" }, start)).toBeNull();
  expect(against(days("2026-01-10"), peak)).toBe("before");
  expect(against(days("2026-01-10", "2026-01-25"), peak)).toBe("inside");
  expect(against(days("2026-03-01"), peak)).toBe("after");
  expect(days("2026-02-01", "2026-01-01")).toEqual([31, 31]);
  expect(against([1, 2], { ...peak, p75: null })).toBe("unknown_peak");
});

test("labels keep a gap and stay in their order and bounds", () => {
  const places = apart([10, 11, 12, 90], 15, 0, 100);
  expect(places).toEqual([10, 25, 40, 90]);
  expect(apart([99, 98, 97], 15, 0, 100)).toEqual([100, 85, 70]);
});

test("only plans of one product are drawn over each other", () => {
  const plans = [{ product: "a" }, { product: "b" }, { product: "a" }];
  expect(byProduct(plans).map((group) => group.length)).toEqual([2, 1]);
});

test("a row belongs to the joint with that movement, or to the muscle", () => {
  expect(isOf({ joint: "elbow", side: "left", movement: "extension" }, "joint:elbow:left:extension")).toBe(true);
  expect(isOf({ joint: "elbow", side: "left", movement: "flexion" }, "joint:elbow:left:extension")).toBe(false);
  expect(isOf({ muscle: "soleus", side: "left" }, "muscle:soleus:left")).toBe(true);
  expect(evidenceOf(["a.b", "a.b", "c"])).toBe("#/evidence?ids=a.b,c");
});

test("a child is followed with a GMFCS level and a plan, by options within their bounds", () => {
  let draft = emptyDraft();
  const step = (change: (held: typeof draft) => typeof draft): string | null => lacking((draft = change(draft)));
  expect(lacking(draft)).toBe("develop.lacks.child");
  expect(step(setPatient({ age: "6 y" }))).toBe("develop.lacks.gmfcs");
  expect(step(setPatient({ gmfcs: 2 }))).toBe("develop.lacks.plan");
  for (const change of [setProduct("x"), setPlan({ jurisdiction: "US", dilution: "50 U/mL" }), addMuscle("soleus", "left")]) step(change);
  expect(step(setInjection(0, { dose: "50 U" }))).toBeNull();
  const row = (usual: number, least: number, most: number) => ({ usual, least, most });
  const held = { every: row(26, 12, 104), stop: row(18, 1, 18), draws: row(500, 1, 5000) };
  expect(optionsOf({}, held)).toEqual({ every_wk: 26, stop_y: 18, draws: 500, seed: 1 });
  expect(optionsOf({ stop: "12,5", draws: "60" }, held)).toEqual({ every_wk: 26, stop_y: 12.5, draws: 60, seed: 1 });
  for (const wrong of [{ every: "4" }, { every: "26.5" }, { every: "" }, { stop: "19" }, { draws: "0" }, { draws: "x" }])
    expect(optionsOf(wrong, held), JSON.stringify(wrong)).toBeNull();
});

test("untreated courses that say the same are drawn once", () => {
  const band = (median: number): Band => ({ p05: 0, p25: 0, median, p75: 0, p95: 0 });
  const one = curveOf([band(1), band(2)]);
  expect(one.median).toEqual([1, 2]);
  const other = curveOf([band(1), band(3)]);
  const kept = distinct([
    ["a", one],
    ["b", curveOf([band(1), band(2)])],
    ["c", other],
  ]);
  expect(kept).toEqual([
    ["a", one],
    ["c", other],
  ]);
});
