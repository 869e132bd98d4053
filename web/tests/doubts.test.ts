import { expect, test } from "vitest";
import type { Plausible } from "../src/api/types";
import { addRow, setPatient, setPlan } from "../src/state/changes";
import { emptyDraft, type Draft } from "../src/state/draft";
import { doubts, looksLikeName } from "../src/state/doubts";
import { amount, join, readings, split } from "../src/state/quantity";

const HELD: Plausible = {
  bodies: [
    { sex: "female", from_y: 2, weight_kg: [7, 25], height_cm: [64, 109] },
    { sex: "female", from_y: 20, weight_kg: [26, 210], height_cm: [134, 193] },
    { sex: "male", from_y: 20, weight_kg: [35, 200], height_cm: [147, 206] },
  ],
  ahead_d: 365,
};
const TODAY = "2026-11-26";
const asked = (...changes: ((draft: Draft) => Draft)[]): string[] =>
  Object.keys(doubts(changes.reduce((held, change) => change(held), emptyDraft(TODAY)), HELD, TODAY));

test("a code of two capitalised words is asked about, a code is not", () => {
  for (const name of ["Jane Doe", "Doe, Jane", "JaneDoe", "Jane_Doe", "José Núñez", "x Jane Doe"]) expect(looksLikeName(name), name).toBe(true);
  for (const code of ["arm-01", "P12", "ARM-LEFT", "new-01", "unnamed", "Arm 3", ""]) expect(looksLikeName(code), code).toBe(false);
});

test("a body unlike that of anybody of that age is asked about", () => {
  const adult = setPatient({ code: "x", age: "58 y" });
  expect(asked(adult, setPatient({ weight: "7 kg", height: "110 cm" }))).toEqual(["patient.weight", "patient.height"]);
  expect(asked(adult, setPatient({ weight: "205 kg", height: "165 cm" }))).toEqual([]);
  expect(asked(adult, setPatient({ weight: "205 kg", sex: "male" }))).toEqual(["patient.weight"]);
  expect(asked(setPatient({ age: "3 y", weight: "14 kg", height: "95 cm" }))).toEqual([]);
  expect(asked(setPatient({ weight: "7 kg" }))).toEqual([]); // no age, no range
});

test("an onset before birth, and days far ahead or before birth, are asked about", () => {
  expect(asked(setPatient({ age: "10 y", months_since_onset: 131 }))).toEqual([]);
  for (const [age, months_since_onset] of [["10 y", 133], ["120 mo", 121], ["10.5 y", 127]] as const)
    expect(asked(setPatient({ age, months_since_onset })), age).toEqual(["patient.months_since_onset"]);
  expect(asked(setPatient({ age: "10 y", months_since_onset: 140, condition: "cerebral_palsy" }))).toEqual([]);
  expect(asked(setPlan({ date: "2028-01-01" }))).toEqual(["plan.date"]);
  expect(asked(setPlan({ date: "2027-11-20" }))).toEqual([]);
  const past = addRow("history", { date: "2010-01-01", product: "onabotulinumtoxinA" });
  expect(asked(setPatient({ age: "6 y" }), past)).toEqual(["history[0].date"]);
});

test("a number that can be thousands is not taken for one with decimals", () => {
  for (const text of ["1.000", "1,000", "12.500", "100,250"]) expect(join(text, "U"), text).toBe(`${text} ? U`);
  for (const text of ["1.000", "-3", "abc", "50 U"]) {
    expect(split(join(text, "U"), "U"), text).toEqual({ number: text, unit: "U" });
    expect(amount(join(text, "U")), text).toBeNull();
  }
  expect(readings("1.000")).toEqual({ number: "1", thousands: "1000" });
  expect(join("1.125", "U")).toBe("1.125 U");
  expect(readings("1.125")).toEqual({ number: "1.125", thousands: "1125" });
  for (const text of ["0.250", "1000", "12.5", "1.25", ""]) expect(readings(text), text).toBeNull();
});
