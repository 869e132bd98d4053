import { expect, test } from "vitest";
import { amount, join, plainNumber, shown, split, years } from "../src/state/quantity";
import { ticks } from "../src/charts/scale";

test("a comma or a point is the decimal sign, and groups of digits are refused", () => {
  expect(join("12,5", "U")).toBe("12.5 U");
  expect(join(" 7.5 ", "U/kg")).toBe("7.5 U/kg");
  for (const wrong of ["1,000.5", "1.000,5", "-5", "5 U", "1e3", "", ".", "5,"]) expect(plainNumber(wrong), wrong).toBeNull();
});

test("a quantity is taken apart into number and unit", () => {
  expect(split("7.5 U/kg", "U")).toEqual({ number: "7.5", unit: "U/kg" });
  expect(split("", "U")).toEqual({ number: "", unit: "U" });
  expect([amount("50 U/mL"), amount(null)]).toEqual([50, null]);
});

test("ages of every unit are years", () => {
  expect(years("24 mo")).toBeCloseTo(2, 12);
  expect(years("104 wk")).toBeCloseTo(1.993, 3);
  expect([years("58 y"), years(""), years("58 x")]).toEqual([58, null, null]);
});

test("numbers are read in the sign of the language", () => {
  expect([shown(1234.5, 1, "es"), shown(1234.5, 1, "en"), shown(null, 1, "en")]).toEqual(["1234,5", "1234.5", "–"]);
  expect([shown(-1.25, 2, "en"), shown(-0.001, 2, "en")]).toEqual(["−1.25", "0"]);
});

test("ticks are round, inside the range and ascending", () => {
  expect(ticks(0, 26, 7)).toEqual([0, 5, 10, 15, 20, 25]);
  expect(ticks(-2.3, 0, 5)).toEqual([-2, -1.5, -1, -0.5, 0]);
});
