import { expect, test } from "vitest";
import { entryOf, entryTo, pressed, through, tipOf, tipTo, type Cut, type Needle, type Point } from "../src/state/needle";

const cut = (side: string): Cut => ({ centre_px: [430, 288], px_per_mm: 5, radius_mm: 38, side });
const NEEDLE: Needle = { at: 0.3, angle_deg: 20, depth_mm: 14, tilt_deg: 0, dose: "20 U" };
const SIDES = ["right", "left"];

test.each(SIDES)("the front is up and depth counts from the skin, %s", (side) => {
  const front = { ...NEEDLE, angle_deg: 0 };
  expect(entryOf(cut(side), front)).toEqual([430, 288 - 38 * 5]);
  expect(tipOf(cut(side), front)[1]).toBeCloseTo(288 - (38 - 14) * 5);
});

test("medial lies to the right in a right limb, to the left in a left one", () => {
  const medial = { ...NEEDLE, angle_deg: 90 };
  expect(entryOf(cut("right"), medial)[0]).toBeCloseTo(430 + 38 * 5);
  expect(entryOf(cut("left"), medial)[0]).toBeCloseTo(430 - 38 * 5);
});

test.each(SIDES)("a drag towards medial turns the entry towards 90 degrees, %s", (side) => {
  const towards = side === "right" ? 1 : -1;
  const dragged = entryTo(cut(side), { ...NEEDLE, angle_deg: 0 }, [430 + towards * 60, 288 - 170]);
  expect(dragged.angle_deg).toBeGreaterThan(0);
  expect(dragged.angle_deg).toBeLessThan(90);
});

test.each(SIDES)("screen to needle and back, all around and at every tilt, %s", (side) => {
  for (let angle = 0; angle < 360; angle += 15)
    for (const tilt of [-70, -30, 0, 30, 70]) {
      const given = { ...NEEDLE, angle_deg: angle, tilt_deg: tilt };
      const found = tipTo(cut(side), { ...given, depth_mm: 0, tilt_deg: 0 }, tipOf(cut(side), given));
      expect(found).toEqual(given);
    }
});

test("a point inside is met straight from the skin; a point outside stays at the skin", () => {
  const place: Point = [430 + 5 * 20, 288];
  expect(through(cut("right"), NEEDLE, place)).toMatchObject({ angle_deg: 90, depth_mm: 18, tilt_deg: 0 });
  expect(tipOf(cut("right"), through(cut("right"), NEEDLE, place))[0]).toBeCloseTo(place[0]);
  expect(through(cut("left"), NEEDLE, place).angle_deg).toBe(270);
  expect(through(cut("right"), NEEDLE, [900, 288]).depth_mm).toBe(0);
});

test("a tip dragged out of the limb goes back to the skin", () => {
  const out: Point = [430, 288 - 60 * 5];
  expect(tipTo(cut("left"), { ...NEEDLE, angle_deg: 0 }, out)).toMatchObject({ angle_deg: 0, depth_mm: 0, tilt_deg: 0 });
});

test("keys move one thing each, within bounds; to the right is to the right on the drawing", () => {
  for (const side of SIDES) {
    const before = entryOf(cut(side), { ...NEEDLE, angle_deg: 0 })[0];
    const after = pressed(side, { ...NEEDLE, angle_deg: 0 }, "ArrowRight");
    expect(after && entryOf(cut(side), after)[0]).toBeGreaterThan(before);
  }
  expect(pressed("right", NEEDLE, "ArrowDown")?.depth_mm).toBe(15);
  expect(pressed("right", { ...NEEDLE, depth_mm: 0 }, "ArrowUp")?.depth_mm).toBe(0);
  expect(pressed("right", NEEDLE, "PageDown")?.at).toBe(0.31);
  expect(pressed("right", NEEDLE, "+")?.tilt_deg).toBe(2);
  expect(pressed("right", NEEDLE, "x")).toBeNull();
});
