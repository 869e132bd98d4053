import { expect, test } from "vitest";
import { curveOf, distinct } from "../src/api/developed";
import type { Band } from "../src/api/types";
import { apart } from "../src/charts/scale";
import { evidenceOf, isOf } from "../src/parts/known";
import { byProduct } from "../src/screens/compare";
import { lacking, optionsOf } from "../src/screens/develop";
import { addMuscle, setInjection, setPatient, setPlan, setProduct } from "../src/state/changes";
import { emptyDraft } from "../src/state/draft";
import { against, daysOf, limbFinder, planned, totals, type Limit } from "../src/state/paediatric";

const limit = (part: Partial<Limit>): Limit => ({
  id: "x",
  scope: "session_total",
  limb: "lower",
  extent: "each_limb",
  min: null,
  max: 1000,
  unit: "U",
  max_U: null,
  basis: "primary",
  verified: true,
  source: { citation: "label" },
  ...part,
});
const perKg = (weight: number | null): Limit =>
  limit({ scope: "session_total_per_kg", max: 15, unit: "U/kg", max_U: weight === null ? null : 15 * weight });
const row = (muscle: string, side: string, dose: string) => ({ muscle, side, dose, sites: null, at: "" });
const given = (weight_kg: number | null, ...rows: ReturnType<typeof row>[]) => ({ rows, limbOf: () => "lower", weight_kg });

test("the lower of the limit per kg and the absolute one binds, on both sides of the crossing weight", () => {
  const binds = (weight: number | null): number | null | undefined => totals([limit({}), perKg(weight)], given(weight))[0]?.binds_U;
  expect(binds(20)).toBe(300);
  expect(binds(66)).toBe(990);
  expect(binds(70)).toBe(1000);
  expect(binds(null)).toBeNull();
});

test("limits of another kind are left out, and a second one of a kind stands by itself", () => {
  expect(totals([limit({ scope: "muscle_dose" }), limit({ scope: "interval" })], given(20))).toEqual([]);
  expect(totals([limit({}), limit({ id: "y", max: 500 })], given(20))).toHaveLength(2);
});

test("one limb is asked for its own side, a session for both; a bilateral dose is per side", () => {
  const rows = given(20, row("soleus", "left", "100 U"), row("soleus", "right", "60 U"), row("gastrocnemius", "bilateral", "2 U/kg"));
  expect(planned(rows, "lower", "each_limb")).toBe(140);
  expect(planned(rows, "lower", "session")).toBe(240);
  expect(planned({ ...rows, weight_kg: null }, "lower", "session")).toBeNull();
});

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
  expect(optionsOf({ every: "26", stop: "12,5", draws: "60" })).toEqual({ every_wk: 26, stop_y: 12.5, draws: 60, seed: 1 });
  for (const wrong of [{ every: "4" }, { every: "26.5" }, { stop: "19" }, { draws: "0" }, { draws: "x" }])
    expect(optionsOf({ every: "26", stop: "18", draws: "60", ...wrong }), JSON.stringify(wrong)).toBeNull();
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
