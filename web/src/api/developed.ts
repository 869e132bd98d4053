// The answer of `develop` as the screen reads it: three presets and the ensemble always together.
import type { Band, Curve } from "./types";

export const PRESETS = ["null", "evidence", "hypothesis"] as const;
export const ASSUMED = [...PRESETS, "ensemble"] as const;
export type Assumed = (typeof ASSUMED)[number];

export type Untreated = Record<"dorsiflexion_lost_deg" | "gmfm66" | "volume_of_typical", Curve>;

export interface Treated extends Untreated {
  dorsiflexion_kept_deg: Curve;
  gmfm66_gained: Curve;
  map_tidiness_gained: Curve;
  map_clear_area_gained: Curve;
  at_18: { dorsiflexion_kept_deg: Band; gmfm66_gained: Band };
  p_gain_below_smallest: number;
  p_worse: number;
  p_harm_ever: number;
  volume_lost: Band;
  worst_volume_lost: Band;
}

export type Told = Record<string, Treated> & { untreated: Untreated };

export interface Start {
  scenario: string;
  start_y: number;
  gmfm66_gained: Band;
  dorsiflexion_kept_deg: Band;
  gmfm66_less_than_first: Band;
  p_first_better_by_smallest: number;
}

export interface Looped {
  loop_gain: Band;
  rejected: number;
  at_18: { gmfm66_gained_open: Band; gmfm66_gained: Band } | null;
}

export interface Assumption {
  id: string;
  meaning: string;
  value: number;
  unit: string;
  basis: string;
}

export interface Developed {
  model_version: string;
  seed: number;
  draws: number;
  ages_y: number[];
  scenarios: { scenario: string; start_y: number; every_d: number; until_y: number; sessions: number; units_per_kg: number | null }[];
  presets: Record<(typeof PRESETS)[number], Told>;
  ensemble: Told;
  loop: { gain: number; told: Record<Assumed, Looped> }[];
  circuits: {
    closes_y: number;
    held_likely: number;
    maps: {
      scenario: string;
      tidiness_at_18: number;
      clear_area_at_18: number;
      change_se: { tidiness: number; clear_area: number } | null;
    }[];
    reflexes: { error: Record<string, number[]> };
  }[];
  starting_age: Record<Assumed, Start[]>;
  influence: { words: string; low: number; high: number; harm_low: number; harm_high: number }[];
  evidence_classes: Record<Assumed, string>;
  status: Record<string, { status: string; why: string }>;
  assumptions: Record<"evidence" | "hypothesis" | "ensemble", Assumption[]>;
  assumed_shape: string;
  function_account: { note: string };
  hip: { meaning: string; value: number; source: string; basis: string; note: string };
  bone: { meaning: string; value: number; unit: string; source: string };
  hand: { note: string };
  trials: { id: string; name: string; design: string; people: string; followed: string; found: string; url: string | null }[];
  smallest_difference: number;
  large_difference: number;
  plan_check: { status: string; critical: string[] };
  outside_model: string[];
  warnings: string[];
  evidence: { id: string; meaning: string; value: number; unit: string; basis: string; source: string }[];
  sources: { key: string; citation: string; url: string | null }[];
}

/** What each preset and the ensemble say, in the order in which they always stand. */
export function under(found: Developed): [Assumed, Told][] {
  return ASSUMED.map((name) => [name, name === "ensemble" ? found.ensemble : found.presets[name]]);
}

/** The curve of numbers told at a few ages. */
export function curveOf(bands: Band[]): Curve {
  const of = (key: keyof Band): (number | null)[] => bands.map((band) => band[key]);
  return { p05: of("p05"), p25: of("p25"), median: of("median"), p75: of("p75"), p95: of("p95") };
}

/** Untreated courses by preset, without those that say the same as one before. */
export function distinct<Name>(curves: [Name, Curve][]): [Name, Curve][] {
  const same = (one: Curve, other: Curve): boolean => one.median.every((value, at) => value === other.median[at]);
  return curves.filter(([, curve], at) => !curves.slice(0, at).some(([, before]) => same(curve, before)));
}
