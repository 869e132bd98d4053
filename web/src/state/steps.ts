// What makes each step complete, plainly; a step that asks for nothing has no mark.
import type { Severity } from "../api/types";
import type { Screen } from "../router";
import { LEAST_YEARS, minor } from "./changes";
import { keptRows, type Draft } from "./draft";
import { years } from "./quantity";

export interface Known {
  /** Cautions that must be asked of this person. */
  mustAsk: readonly string[];
  /** Screens with a field that is refused. */
  refused: readonly Screen[];
  /** The worst finding on the plan as it is now; null while it is not answered. */
  worst: Severity | null;
  /** The plan as it is now, as text; null while it is not whole. */
  plan: string | null;
  /** The plan with which a screen was last open. */
  seen: Partial<Record<Screen, string>>;
}

export type Marked = "person" | "pattern" | "product" | "sites" | "check" | "simulate" | "report" | "followup";

type Needed = Partial<Record<"person" | "pattern" | "product" | "sites", string>>;

/** What keeps a case from being whole, each with the key of the sentence that says what; a step asks for more. */
export function needed(draft: Draft): Needed {
  const { patient, plan } = draft;
  const found: Needed = {};
  const own = plan.injections.length > 0 && plan.injections.every((row) => row.dilution || row.volume);
  if (!patient.code) found.person = "unmet.code";
  else if (!patient.age) found.person = "unmet.age";
  else if ((years(patient.age) ?? LEAST_YEARS) < LEAST_YEARS) found.person = "unmet.under_2";
  else if (minor(draft) && !patient.weight) found.person = "unmet.weight";
  if (plan.injections.length === 0) found.pattern = "unmet.muscle";
  if (!plan.product) found.product = "unmet.product";
  else if (!plan.jurisdiction) found.product = "unmet.region";
  else if (!plan.dilution && !own) found.product = "unmet.dilution";
  if (plan.injections.length === 0) found.sites = "unmet.muscle";
  else if (plan.injections.some((row) => !row.dose)) found.sites = "unmet.dose";
  else if (plan.injections.some((row) => !row.side)) found.sites = "unmet.side";
  return found;
}

/** Person: also the cause, every caution that must be asked, and under 18 the day of weighing. */
function person(draft: Draft, known: Known): string {
  const { patient } = draft;
  if (minor(draft) && !patient.weighed_on) return "unmet.weighed_on";
  if (!patient.condition) return "unmet.condition";
  const answered = [...patient.cautions, ...patient.asked];
  return known.mustAsk.every((id) => answered.includes(id)) ? "" : "unmet.cautions";
}

/** Pattern and muscles: also a side of every muscle, a finding with its grade or angles, and a goal. */
function pattern(draft: Draft): string {
  if (draft.plan.injections.some((row) => !row.side)) return "unmet.side";
  const kept = keptRows(draft);
  if (kept.assessment.length === 0) return "unmet.finding";
  return kept.goals.length === 0 ? "unmet.goal" : "";
}

/** Open with the plan as it is now: what a screen showed of another plan is no longer so. */
const opened = (screen: Screen, known: Known): boolean => known.plan !== null && known.seen[screen] === known.plan;

/** Check: answered for the plan as it is, looked at, and nothing critical. */
function check(known: Known): string {
  if (known.plan === null || known.worst === null) return "unmet.checked";
  if (known.worst === "critical") return "unmet.critical";
  return opened("check", known) ? "" : "unmet.looked";
}

/** Of every step with a mark the key of the sentence that says what is lacking; "" where it is complete. */
export function unmet(draft: Draft, known: Known): Record<Marked, string> {
  const lacking = needed(draft);
  const found: Record<Marked, string> = {
    person: lacking.person ?? person(draft, known),
    pattern: lacking.pattern ?? pattern(draft),
    product: lacking.product ?? (draft.plan.date ? "" : "unmet.date"),
    sites: lacking.sites ?? (draft.plan.injections.every((row) => row.sites) ? "" : "unmet.sites"),
    check: check(known),
    simulate: opened("simulate", known) ? "" : "unmet.looked",
    report: opened("report", known) ? "" : "unmet.looked",
    followup: keptRows(draft).visits.length > 0 ? "" : "unmet.visit",
  };
  for (const screen of known.refused) if (screen in found) found[screen as Marked] = "unmet.refused";
  return found;
}
