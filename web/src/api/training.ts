// The trainer's endpoints: cases, the section to place needles in, the scored attempt, progress.
import { api, request } from "./client";
import type { Issue, Range, Source } from "./types";
import type { Cause, Told } from "../parts/explained";
import type { Needle } from "../state/needle";

export interface Listed {
  id: string;
  title: string;
  level: number;
  segment: string;
  side: string;
  /** The best score of those that passed; null where none did. */
  best: number | null;
  attempts: number;
  /** From the instructor's folder. */
  own: boolean;
}

/** A file of the instructor's folder that was refused. */
export interface Broken {
  file: string;
  line: number | null;
  message: string;
  remedy: string;
}

export interface Structure {
  name: string;
  kind: string;
  judged: boolean;
  basis: string;
}

export interface Visit {
  day: number;
  joint: string;
  side: string;
  movement: string;
  scale: string;
  grade: string;
  r1_deg: number;
  r2_deg: number;
  strength_percent: number;
  beside_percent: number;
}

/** Keys go by level: choices at 1, needles at 2 to 5, causes and what the visits found at 6. */
export interface Task {
  asked: string;
  choices?: string[];
  causes?: { cause: string; words: string }[];
  plan?: { muscle: string; dose_U: number; sites: number }[];
  beside?: string | null;
  before?: { grade: string; r1_deg: number | null; r2_deg: number | null };
  visits?: Visit[];
  muscles?: string[];
  product?: string;
  dilution?: string;
  guidance?: string;
  budget_U?: number | null;
  most_needles?: number;
  structures?: Structure[];
}

/** What a learner may know of a case before the attempt. */
export interface Lesson {
  id: string;
  title: string;
  level: number;
  brief: string;
  patient: Record<string, unknown>;
  segment: string;
  side: string;
  at: number;
  length_mm: number;
  sentences: string[];
  task: Task;
  wording: Record<string, string>;
}

export type View = "front" | "back";

/** The limb from the front or the back: where in the drawing its upper end lies, and how long it is. */
export interface ViewDrawing {
  svg: string;
  top_px: number;
  length_px: number;
}

export interface SectionDrawing {
  svg: string;
  radius_mm: number;
  centre_px: [number, number];
  px_per_mm: number;
  labels: boolean;
}

export type Answer = { muscle: string } | { cause: string } | { needles: Needle[] };

export interface Crossed {
  structure: string;
  kind: string;
  source: Source | null;
  basis: string;
  needle: number;
}

export interface Result {
  training: string;
  level: number;
  seed: number;
  score: number;
  passed: boolean;
  failed: Crossed[];
  /** What keeps it from passing, what matters most first. */
  reasons: { kind: string; why: string }[];
  /** Points of 100 and share of every part that a pass takes, levels 2 to 5. */
  marks: { points: number; share: number } | null;
  corrections: string[];
  parts: { part: string; points: number; of: number; why: string }[];
  feedback: string;
  needles: { number: number; in: string | null; where: string; crossed: unknown[] }[];
  muscles: { muscle: string; target: boolean; held_U: number; beyond_half: number; lowest_force: number }[];
  joints: { joint: string; side: string; movement: string; scale: string; grade: string; change: number }[];
  checks: Issue[];
  /** The muscle or cause that was right, levels 1 and 6. */
  solution?: string;
  /** What `explain` says of the visits, level 6. */
  explained?: { joint: { causes: Cause[] }; told: Told; about: string[] };
  held: (Range & { muscles: string[]; given_U: number; given_U_per_kg: number | null })[];
  drawings: { section?: string[]; front?: string; back?: string };
  wording: Record<string, string>;
}

export interface Attempt {
  learner: string;
  training: string;
  level: number;
  at: string;
  score: number;
  passed: boolean;
}

async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return (await (await request("POST", path, body, signal)).json()) as T;
}

const whose = (learner: string): string => `?learner=${encodeURIComponent(learner)}`;
const of = (id: string): string => `/training/${encodeURIComponent(id)}`;

export const training = {
  list: (learner: string, signal?: AbortSignal) => api.get<{ trainings: Listed[]; broken: Broken[] }>(`/training${whose(learner)}`, signal),
  lesson: (id: string, signal?: AbortSignal) => api.get<Lesson>(of(id), signal),
  section: (id: string, at: number, signal?: AbortSignal) => post<SectionDrawing>(`${of(id)}/section`, { at, needles: [] }, signal),
  view: (id: string, view: View, signal?: AbortSignal) => post<ViewDrawing>(`${of(id)}/section`, { at: 0, view }, signal),
  attempt: (id: string, answer: Answer, learner: string) => post<Result>(`${of(id)}/attempt`, { answer, learner }),
  progress: (learner: string, signal?: AbortSignal) =>
    api.get<{ attempts: Attempt[]; set_aside: string[] }>(`/training/progress${whose(learner)}`, signal),
  forget: async (learner: string) => void (await request("DELETE", `/training/progress${whose(learner)}`)),
  csv: async () => (await request("GET", "/training/progress.csv")).text(),
};
