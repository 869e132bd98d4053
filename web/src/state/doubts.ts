// What is asked about at its field ("Is this right?"): nothing here is refused, and nothing is changed.
import type { Plausible } from "../api/types";
import { amount, years } from "./quantity";
import type { Draft } from "./draft";

export interface Doubt {
  key: string;
  values: Record<string, string | number>;
}

const DAY_MS = 86_400_000;
const YEAR_D = 365.25;
const MONTHS = 12;

// Two capitalised words, apart or run together, with nothing a code has: "Jane Doe", "jane" alone is let be, as the store does.
const NAME = /(?:^|[\s._,-])\p{Lu}\p{Ll}+(?:[\s._,-]+|(?=\p{Lu}\p{Ll}))\p{Lu}\p{Ll}+/u;

/** Whether a code looks like a name. The store refuses more: a code without a digit is none there. */
export function looksLikeName(code: string): boolean {
  return NAME.test(code);
}

/** The range held for a body of that age; of both sexes together where none is stated. */
function range(draft: Draft, held: Plausible, name: "weight_kg" | "height_cm"): [number, number] | null {
  const age = years(draft.patient.age);
  if (age === null) return null;
  const sexes = [...new Set(held.bodies.map((row) => row.sex))].filter((sex) => !draft.patient.sex || sex === draft.patient.sex);
  const rows = sexes.flatMap((sex) => held.bodies.filter((row) => row.sex === sex && row.from_y <= age).slice(-1));
  if (rows.length === 0) return null;
  return [Math.min(...rows.map((row) => row[name][0])), Math.max(...rows.map((row) => row[name][1]))];
}

/** Every date typed, by its path. */
function dates(draft: Draft): [string, string | null | undefined][] {
  return [
    ["plan.date", draft.plan.date],
    ["patient.weighed_on", draft.patient.weighed_on],
    ...draft.assessment.map((row, at): [string, string | null | undefined] => [`assessment[${at}].date`, row.date]),
    ...draft.history.map((row, at): [string, string] => [`history[${at}].date`, row.date]),
    ...draft.visits.map((row, at): [string, string] => [`visits[${at}].date`, row.date]),
  ];
}

/** What to ask, by the path of its field. */
export function doubts(draft: Draft, held: Plausible, today: string): Record<string, Doubt> {
  const { patient } = draft;
  const found: Record<string, Doubt> = {};
  const ask = (path: string, key: string, values: Doubt["values"] = {}): void => {
    found[path] = { key, values };
  };
  if (looksLikeName(patient.code)) ask("patient.code", "doubt.name");
  for (const [field, name] of [["weight", "weight_kg"], ["height", "height_cm"]] as const) {
    const value = amount(patient[field]);
    const usual = range(draft, held, name);
    if (value !== null && usual && (value < usual[0] || value > usual[1])) ask(`patient.${field}`, `doubt.${field}`, { low: usual[0], high: usual[1] });
  }
  const age = years(patient.age);
  const months = patient.months_since_onset;
  const whole = age !== null && Number.isInteger(age) && !/mo$/.test(patient.age ?? ""); // 10 y lasts until the 11th birthday
  if (age !== null && months != null && months > (whole ? age + 1 : age) * MONTHS && patient.condition !== "cerebral_palsy")
    ask("patient.months_since_onset", "doubt.onset");
  const last = Date.parse(today) + held.ahead_d * DAY_MS;
  const first = age === null ? null : Date.parse(draft.plan.date || today) - (age + 1) * YEAR_D * DAY_MS;
  for (const [path, text] of dates(draft)) {
    const day = Date.parse(text ?? "");
    if (day > last) ask(path, "doubt.future");
    else if (first !== null && day < first) ask(path, "doubt.before_birth");
  }
  return found;
}
