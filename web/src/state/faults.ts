// What the server refuses of a draft: at which field it stands, on which screen, and the draft without it.
import type { Fault } from "../api/types";
import type { Screen } from "../router";
import { readings, unread } from "./quantity";
import { keptRows, type Draft, type Rows } from "./draft";

/** A refusal with its field as the draft counts rows, which also holds rows that are not part of the case yet. */
export interface Left {
  path: string;
  screen: Screen;
  fault: Fault;
}

const ROW = /^(plan\.injections|assessment|goals|history|visits)\[(\d+)\]/;

/** A refusal in the app's words where it is about a number that was not read, as it was typed; else as it is. */
export function heard(fault: Fault, t: (key: string, values?: Record<string, string>) => string): Fault {
  const typed = unread(fault.first ?? fault.message);
  if (typed === null) return fault;
  const read = readings(typed);
  if (!read) return { ...fault, message: t("fault.no_number", { typed }), remedy: `${t("field.not_a_number")}.` };
  return { ...fault, message: t("fault.two_ways", { typed }), remedy: t("fault.write_one", read) };
}

/** The screen that holds a field of the case, by its path. */
export function screenOf(path: string): Screen {
  if (/^(assessment|goals)/.test(path)) return "pattern";
  if (/^(patient|history)/.test(path)) return "person";
  if (path.startsWith("visits")) return "followup";
  return path === "plan" || path.startsWith("plan.injections") ? "sites" : "product";
}

/** A path of the case as a path of the draft it was made of. */
export function inDraft(path: string, draft: Draft): string {
  const found = ROW.exec(path);
  if (!found) return path;
  const row = keptRows(draft)[found[1] as Rows][Number(found[2])];
  return row === undefined ? path : `${found[1]}[${row}]${path.slice(found[0].length)}`;
}

/** Where a refusal stands, without the count of others: each is asked for in turn. Null where it names no field of a case. */
export function placed(fault: Fault, draft: Draft): Left | null {
  if (!fault.field || !/^(patient|assessment|goals|history|plan|visits)\b/.test(fault.field)) return null;
  const path = inDraft(fault.field, draft);
  return { path, screen: screenOf(path), fault: { ...fault, message: fault.first ?? fault.message } };
}

// What a check can do without, and still say nothing wrong of the rest. Without an age a child would be judged as an adult.
const OPTIONAL = /^patient\.(sex|weight|weighed_on|height|months_since_onset)$/;

const emptied = <T,>(rows: T[], at: number, part: Partial<T>): T[] => rows.map((row, index) => (index === at ? { ...row, ...part } : row));

/** The draft without the row or field that was refused, rows counted as before; null where nothing can be asked without it. */
export function omit(draft: Draft, path: string): Draft | null {
  const row = ROW.exec(path);
  const at = Number(row?.[2]);
  if (row?.[1] === "assessment") return { ...draft, assessment: emptied(draft.assessment, at, { joint: "" }) };
  if (row?.[1] === "goals") return { ...draft, goals: emptied(draft.goals, at, { text: "" }) };
  if (row?.[1] === "history") return { ...draft, history: emptied(draft.history, at, { date: "" }) };
  if (row?.[1] === "visits") return { ...draft, visits: emptied(draft.visits, at, { date: "" }) };
  if (row) return { ...draft, plan: { ...draft.plan, injections: emptied(draft.plan.injections, at, { dose: "", side: "" }) } };
  const field = OPTIONAL.exec(path)?.[1];
  return field ? { ...draft, patient: { ...draft.patient, [field]: null } } : null;
}

/** The draft without all that was refused. */
export function readable(draft: Draft, left: Left[]): Draft {
  return left.reduce((held, one) => omit(held, one.path) ?? held, draft);
}

const MOST = 12;

/** Asks; where a row is refused, asks again without it. What cannot be left out is thrown as the first refusal. */
export async function without<T>(
  draft: Draft,
  ask: (draft: Draft) => Promise<T>,
  faultOf: (error: unknown) => Fault | null,
): Promise<{ found: T; left: Left[] }> {
  const left: Left[] = [];
  let held = draft;
  for (;;) {
    try {
      return { found: await ask(held), left };
    } catch (error) {
      const fault = faultOf(error);
      const one = fault && placed(fault, held);
      const again = left.length >= MOST || left.some((before) => before.path === one?.path);
      const next = one && !again ? omit(held, one.path) : null;
      if (!one || !next) throw error;
      left.push(one);
      held = next;
    }
  }
}
