import { expect, test } from "vitest";
import type { Fault } from "../src/api/types";
import { addMuscle, addRow, setInjection, setPatient, setPlan, setProduct } from "../src/state/changes";
import { emptyDraft, planned, toCase, type Draft } from "../src/state/draft";
import en from "../src/i18n/en.json";
import { fill } from "../src/i18n";
import { heard, inDraft, omit, placed, readable, screenOf, without } from "../src/state/faults";

const fault = (field: string | null): Fault => ({ file: null, line: null, field, rule: "x", message: "m", remedy: "r" });
const finding = (value: string) => addRow("assessment", { joint: "elbow", side: "left", movement: "extension", scale: "modified_ashworth", value });

function made(): Draft {
  return [
    setPatient({ code: "x-1", age: "58 y", height: "20 cm" }),
    setProduct("onabotulinumtoxinA"),
    setPlan({ jurisdiction: "US", dilution: "50 U/mL" }),
    addMuscle("gracilis", "left"),
    addMuscle("soleus", "left"),
    setInjection(1, { dose: "75 U", sites: 3 }),
    finding(""),
    finding("2"),
  ].reduce((held, change) => change(held), emptyDraft());
}

test("a number that was not read is told as it was typed, with the two ways it may be meant", () => {
  const t = (key: string, values?: Record<string, string>): string => fill((en as Record<string, string>)[key] ?? key, values);
  const said = (message: string): string => {
    const { message: told, remedy } = heard({ ...fault(null), message }, t);
    return `${told}. ${remedy}`;
  };
  expect(said("'1.000 ? U' is not a number with a unit")).toBe("“1.000” can be read in two ways. Write 1 or 1000.");
  expect(said("'x ? kg' is not a number with a unit")).toBe("“x” is no number. A number such as 12.5 or 12,5.");
  expect(said("'1 ml' is not a number with a unit")).toBe("'1 ml' is not a number with a unit. r");
});

test("every field of a case belongs to the screen that holds it", () => {
  const said = ["patient.age", "history[0].date", "assessment[0].tardieu.r1", "goals[1]", "plan.dilution", "plan.injections[0].dose", "plan", "visits[0]"];
  expect(said.map(screenOf)).toEqual(["person", "person", "pattern", "pattern", "product", "sites", "sites", "followup"]);
});

test("rows are counted as in the draft, which also holds rows that are not part of the case yet", () => {
  expect(inDraft("assessment[0].tardieu.r1", made())).toBe("assessment[1].tardieu.r1");
  expect(inDraft("plan.injections[0].dose", made())).toBe("plan.injections[1].dose");
  expect(inDraft("patient.height", made())).toBe("patient.height");
  expect(placed(fault("options.draws"), made())).toBeNull();
  expect(placed({ ...fault("patient.age"), message: "m (2 more)", first: "m", more: 2 }, made())?.fault.message).toBe("m");
});

test("what is refused is left out and nothing else", () => {
  const draft = made();
  const rest = omit(draft, "assessment[1].tardieu.r1");
  expect(rest && toCase(rest).assessment).toEqual([]);
  expect(rest?.assessment).toHaveLength(2);
  expect(rest && toCase(rest).plan).toEqual(toCase(draft).plan);
  expect(omit(draft, "patient.height")?.patient.height).toBeNull();
  // Without its age a child would be judged as an adult, and without its dilution there is no plan.
  for (const kept of ["patient.age", "patient.code", "plan.dilution", "plan.date"]) expect(omit(draft, kept), kept).toBeNull();
});

test("a question goes on without what is refused, and tells all of it", async () => {
  const refusedOnce = async (draft: Draft): Promise<number> => {
    const value = planned(draft);
    if (value?.patient.height) throw fault("patient.height");
    if (value?.assessment?.length) throw fault("assessment[0].value");
    return value?.plan?.injections.length ?? 0;
  };
  const { found, left } = await without(made(), refusedOnce, (error) => error as Fault);
  expect(found).toBe(1);
  expect(left.map((one) => [one.path, one.screen])).toEqual([
    ["patient.height", "person"],
    ["assessment[1].value", "pattern"],
  ]);
  expect(planned(readable(made(), left))?.patient.height).toBeUndefined();
});

test("what cannot be left out is thrown, and the same refusal twice ends the asking", async () => {
  const always = (field: string) => without(made(), () => Promise.reject(fault(field)), (error) => error as Fault);
  await expect(always("patient.age")).rejects.toMatchObject({ field: "patient.age" });
  await expect(always("patient.weight")).rejects.toMatchObject({ field: "patient.weight" });
});
