import { expect, test } from "vitest";
import { placed } from "../src/parts/limb3d";

test("in space medial lies as on that side: x to the front, y up, z to the person's right", () => {
  const medial = { x_mm: 5, y_mm: 20 };
  expect(placed(medial, "right", 100)).toEqual([5, 50, -20]);
  expect(placed(medial, "left", 100)).toEqual([5, 50, 20]);
});
