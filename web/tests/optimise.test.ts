import { expect, test } from "vitest";
import { verdict } from "../src/parts/optimise";

const plans = (...chances: (number | null)[]) => chances.map((goal_probability) => ({ goal_probability }));

test("'best of the plans searched' is said only of plans that reach the targets", () => {
  expect(verdict({ feasible: false, plans: [] })).toBe("none");
  expect(verdict({ feasible: true, plans: plans(0, null) })).toBe("unreached");
  expect(verdict({ feasible: true, plans: plans(0.1, 0.3) })).toBe("rare");
  expect(verdict({ feasible: true, plans: plans(0.2, 0.7) })).toBe("best");
});
