// What the person at the screen is writing: a case whose fields may still be empty. "" is empty everywhere.
import type { Assessment, Case, Goal, Past, Patient, Visit } from "../api/types";

export interface DraftInjection {
  muscle: string;
  side: string;
  dose: string;
  sites: number | null;
  at: string;
  volume?: string | null;
  dilution?: string | null;
  product?: string | null;
}

export interface DraftPlan {
  date: string;
  jurisdiction: string;
  product: string;
  indication: string;
  dilution: string;
  guidance: string;
  vials: string[];
  co_therapy: string;
  injections: DraftInjection[];
}

export interface Draft {
  patient: Required<Pick<Patient, "code">> & Patient & { cautions: string[]; asked: string[] };
  assessment: Assessment[];
  goals: Goal[];
  history: Past[];
  plan: DraftPlan;
  visits: Visit[];
}

/** Today as the calendar here has it, not as the world's clock has it. */
export function today(): string {
  const now = new Date();
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** An empty plan: no product, no region, no muscle, no dose. */
export function emptyDraft(date: string = today()): Draft {
  return {
    patient: { code: "", cautions: [], asked: [] },
    assessment: [],
    goals: [],
    history: [],
    plan: {
      date,
      jurisdiction: "",
      product: "",
      indication: "spasticity",
      dilution: "",
      guidance: "",
      vials: [],
      co_therapy: "",
      injections: [],
    },
    visits: [],
  };
}

/** A case that was read, made ready to be written on. */
export function draftOf(value: Case): Draft {
  const empty = emptyDraft();
  const plan = value.plan;
  return {
    patient: { ...value.patient, cautions: value.patient.cautions ?? [], asked: value.patient.asked ?? [] },
    assessment: value.assessment ?? [],
    goals: value.goals ?? [],
    history: value.history ?? [],
    visits: value.visits ?? [],
    plan: !plan
      ? empty.plan
      : {
          ...plan,
          dilution: plan.dilution ?? "",
          guidance: plan.guidance ?? "",
          co_therapy: plan.co_therapy ?? "",
          vials: plan.vials ?? [],
          injections: plan.injections.map((row) => ({ ...row, sites: row.sites ?? null, at: row.at ?? "" })),
        },
  };
}

/** Leaves out what is empty, at every depth, so that the file holds only what was said. */
function filled<T>(value: T): T {
  if (Array.isArray(value)) return value.map(filled) as T;
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([, held]) => held !== null && held !== undefined && held !== "");
  return Object.fromEntries(kept.map(([key, held]) => [key, filled(held)])) as T;
}

const written = (row: Assessment): boolean => Boolean(row.joint && row.side && row.movement && (row.value || row.tardieu));

const said = (row: Goal): boolean => Boolean(row.text.trim());
const given = (row: Past): boolean => Boolean(row.date && row.product);
const seen = (row: Visit): boolean => Boolean(row.date && row.measure && (row.value || row.tardieu));
const dosed = (row: DraftInjection): boolean => Boolean(row.dose && row.side);

export type Rows = "assessment" | "goals" | "history" | "visits" | "plan.injections";

/** Which rows of the draft are rows of the case, in its order: the case's third finding may be the draft's fourth. */
export function keptRows(draft: Draft): Record<Rows, number[]> {
  const places = <T>(rows: T[], kept: (row: T) => boolean): number[] => rows.flatMap((row, at) => (kept(row) ? [at] : []));
  return {
    assessment: places(draft.assessment, written),
    goals: places(draft.goals, said),
    history: places(draft.history, given),
    visits: places(draft.visits, seen),
    "plan.injections": places(draft.plan.injections, dosed),
  };
}

/** The rows that are complete enough to be a case; drafts of rows stay on the screen. */
function common(draft: Draft): Case {
  return filled({
    endplate: 1 as const,
    patient: { ...draft.patient, code: draft.patient.code || "unnamed" },
    assessment: draft.assessment.filter(written),
    goals: draft.goals.filter(said),
    history: draft.history.filter(given),
    visits: draft.visits.filter(seen),
  });
}

const prepared = (plan: DraftPlan): boolean => plan.dilution !== "" || plan.injections.every((row) => row.dilution || row.volume);

/** Whether there is enough to draw the limb: what, where, and how much fluid. */
export function drawable(plan: DraftPlan): boolean {
  return plan.product !== "" && plan.jurisdiction !== "" && plan.date !== "" && prepared(plan);
}

/** The case with its plan; null until all is there that a plan needs and one dose. Muscles without a dose are left out. */
export function planned(draft: Draft): Case | null {
  const { plan } = draft;
  const injections = plan.injections.filter(dosed);
  if (!drawable(plan) || injections.length === 0) return null;
  return { ...common(draft), plan: filled({ ...plan, injections }) };
}

/** The case as far as it goes, for the file: with its plan where there is one. */
export function toCase(draft: Draft): Case {
  return planned(draft) ?? common(draft);
}

/** The case with muscles whose dose is still empty, for what needs no dose: ranges held and the drawing. */
export function sketched(draft: Draft): Case | null {
  const { plan } = draft;
  const injections = plan.injections.filter((row) => row.side);
  if (injections.length === 0) return null;
  const rows = injections.map((row) => filled({ ...row, dose: row.dose || undefined }));
  return { ...common(draft), plan: filled({ ...plan, injections: rows }) as Case["plan"] };
}

/** The case as text, whichever way its keys came to stand: to tell one state of it from another. */
export function textOf(draft: Draft): string {
  return JSON.stringify(toCase(draft), (_, held: unknown) =>
    held && typeof held === "object" && !Array.isArray(held) ? Object.fromEntries(Object.entries(held).sort()) : held,
  );
}
