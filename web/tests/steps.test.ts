import { expect, test } from "vitest";
import { addMuscle, addRow, setInjection, setPatient, setPlan, setProduct } from "../src/state/changes";
import { emptyDraft, type Draft } from "../src/state/draft";
import { unmet, type Known } from "../src/state/steps";

const KNOWN: Known = { mustAsk: ["falls"], refused: [], worst: null, plan: null, seen: {} };
const with_ = (...changes: ((draft: Draft) => Draft)[]): Draft => changes.reduce((held, change) => change(held), emptyDraft());
const finding = { joint: "elbow", side: "left", movement: "extension", scale: "modified_ashworth", value: "2" };

test("nothing is complete before anything is typed", () => {
  expect(Object.values(unmet(emptyDraft(), KNOWN)).every((why) => why !== "")).toBe(true);
});

test("a person needs more than a code: age, cause, and every caution asked for", () => {
  const steps = [{ code: "x-1" }, { age: "58 y" }, { condition: "stroke" }, { asked: ["falls"] }].map(setPatient);
  const said = steps.map((_, at) => unmet(with_(...steps.slice(0, at + 1)), KNOWN).person);
  expect(said).toEqual(["unmet.age", "unmet.condition", "unmet.cautions", ""]);
});

test("a pattern needs a muscle, a finding that says something, and a goal", () => {
  const muscle = addMuscle("soleus", "left");
  const empty = addRow("assessment", { ...finding, value: "" });
  expect(unmet(with_(muscle), KNOWN).pattern).toBe("unmet.finding");
  expect(unmet(with_(muscle, empty), KNOWN).pattern).toBe("unmet.finding");
  const told = addRow("assessment", finding);
  expect(unmet(with_(muscle, told), KNOWN).pattern).toBe("unmet.goal");
  expect(unmet(with_(muscle, told, addRow("goals", { text: "to wash the hand" })), KNOWN).pattern).toBe("");
});

test("sites need a dose and a number of sites of every muscle", () => {
  const muscle = addMuscle("soleus", "left");
  expect(unmet(with_(muscle), KNOWN).sites).toBe("unmet.dose");
  expect(unmet(with_(muscle, setInjection(0, { dose: "50 U" })), KNOWN).sites).toBe("unmet.sites");
  expect(unmet(with_(muscle, setInjection(0, { dose: "50 U", sites: 2 })), KNOWN).sites).toBe("");
});

test("a product needs a region and a dilution", () => {
  const chosen = [setProduct("onabotulinumtoxinA"), setPlan({ jurisdiction: "US" }), setPlan({ dilution: "50 U/mL" })];
  expect(chosen.map((_, at) => unmet(with_(...chosen.slice(0, at + 1)), KNOWN).product)).toEqual(["unmet.region", "unmet.dilution", ""]);
});

test("checks are complete when they were answered for this plan, looked at, and nothing is critical", () => {
  const draft = emptyDraft();
  const asked: Known = { ...KNOWN, plan: "A", worst: "warning" };
  expect(unmet(draft, { ...asked, worst: null }).check).toBe("unmet.checked");
  expect(unmet(draft, asked).check).toBe("unmet.looked");
  expect(unmet(draft, { ...asked, seen: { check: "A" } }).check).toBe("");
  expect(unmet(draft, { ...asked, seen: { check: "an earlier plan" } }).check).toBe("unmet.looked");
  expect(unmet(draft, { ...asked, worst: "critical", seen: { check: "A" } }).check).toBe("unmet.critical");
});

test("a report is complete when it was opened with the plan as it is, and a follow-up with a visit", () => {
  expect(unmet(emptyDraft(), { ...KNOWN, plan: "A" }).report).toBe("unmet.looked");
  expect(unmet(emptyDraft(), { ...KNOWN, plan: "A", seen: { report: "A" } }).report).toBe("");
  const visit = addRow("visits", { date: "2026-11-20", measure: "scale", value: "1" });
  expect(unmet(with_(visit), KNOWN).followup).toBe("");
});

test("a step with an entry that cannot be read is never complete", () => {
  const draft = with_(setProduct("onabotulinumtoxinA"), setPlan({ jurisdiction: "US", dilution: "50 U/mL" }));
  expect(unmet(draft, { ...KNOWN, refused: ["product"] }).product).toBe("unmet.refused");
});
