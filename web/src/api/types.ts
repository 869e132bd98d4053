// The shapes of the server's answers that the screens read. A case is the case file as JSON, text quantities and all.

export interface Fault {
  file: string | null;
  line: number | null;
  field: string | null;
  rule: string;
  message: string;
  remedy: string | null;
  /** Of several refusals together: the first by itself, and how many more there are. */
  first?: string;
  more?: number;
}

export interface Source {
  citation: string;
  url?: string | null;
  date?: string | null;
  id?: string | null;
}

export type Side = "left" | "right" | "bilateral";

export interface Tardieu {
  r1: string;
  r2: string;
  quality?: number | null;
}

export interface Assessment {
  date?: string | null;
  joint: string;
  side: string;
  movement: string;
  scale?: string | null;
  value?: string | null;
  tardieu?: Tardieu | null;
}

export interface Goal {
  text: string;
  kind?: string | null;
  joint?: string | null;
  side?: string | null;
  weight?: number | null;
  gas_baseline?: number | null;
  gas_achieved?: number | null;
}

export interface Injection {
  muscle: string;
  side: string;
  dose: string;
  sites?: number | null;
  volume?: string | null;
  dilution?: string | null;
  at?: string | null;
  product?: string | null;
}

export interface Visit {
  date: string;
  measure: string;
  joint?: string | null;
  side?: string | null;
  movement?: string | null;
  scale?: string | null;
  value?: string | null;
  tardieu?: Tardieu | null;
  rater?: string | null;
}

export interface Past {
  date: string;
  product: string;
  indication?: string | null;
  total?: string | null;
  injections?: { muscle: string; side: string; dose: string }[];
  visits?: Visit[];
}

export interface Patient {
  code: string;
  age?: string | null;
  sex?: string | null;
  weight?: string | null;
  weighed_on?: string | null;
  height?: string | null;
  condition?: string | null;
  months_since_onset?: number | null;
  gmfcs?: number | null;
  cautions?: string[];
  asked?: string[];
}

export interface Plan {
  date: string;
  jurisdiction: string;
  product: string;
  indication: string;
  dilution?: string | null;
  guidance?: string;
  vials: string[];
  co_therapy: string;
  injections: Injection[];
}

export interface Case {
  endplate: 1;
  patient: Patient;
  assessment?: Assessment[];
  goals?: Goal[];
  history?: Past[];
  plan?: Plan | null;
  visits?: Visit[];
}

export interface PatternMuscle {
  muscle: string;
  role: string;
  movements?: string[];
  basis: string;
  source: Source;
}

export interface Vocabulary {
  products: { id: string; brand?: string; vials_U: number[]; unit_note?: string }[];
  muscles: { id: string; limb: string; joints: string[]; actions?: string[] }[];
  groups?: Record<string, string[]>;
  joints: { id: string; movements: string[] }[];
  scales: { id: string; grades: string[]; min: number | null; max: number | null; unit: string | null }[];
  conditions: string[];
  cautions: { id: string; words: string }[];
  must_ask?: Record<string, string[]>;
  jurisdictions: string[];
  indications: string[];
  guidance: string[];
  co_therapy: string[];
  goal_kinds?: string[];
  sexes?: string[];
  visit_measures?: string[];
  patterns: { id: string; words: string; joint: string; muscles: PatternMuscle[] }[];
}

/** What the app asks about where a value lies outside. */
export interface Plausible {
  bodies: { sex: string; from_y: number; weight_kg: [number, number]; height_cm: [number, number] }[];
  ahead_d: number;
}

export interface Meta {
  version: string;
  model_version: string;
  wording: Record<string, string>;
  /** Words of the field that are not their id with spaces, in the language asked for. */
  terms: Record<string, string>;
  report_sections: { id: string; title: string }[];
  vocabulary: Vocabulary;
  examples: { name: string; title: string; description: string }[];
  languages: string[];
  plausible: Plausible;
  /** What each letter of how well an answer is known says; "none" where there is no letter. */
  known: Record<string, string>;
  develop: Record<"every" | "stop" | "draws", { usual: number; least: number; most: number }>;
  extras: Record<string, boolean>;
  /** The name of the store behind the server; null without one. */
  store: string | null;
}

export type Severity = "critical" | "warning" | "info" | "none";

export interface Issue {
  rule: string;
  severity: Severity;
  where: string;
  message: string;
  /** The language of the message where the app speaks another than English. */
  lang?: string;
  value: number | null;
  limit: number | null;
  unit: string | null;
  source: Source | null;
  basis: string | null;
  in_force_on: string | null;
  verified: boolean | null;
  source_kind?: string | null;
}

export interface Candidate {
  joint: string;
  movement: string;
  side: string;
  muscle: string;
  pattern: string;
  role: string;
  basis: string;
  source: Source;
  injected: boolean;
}

/** When the limits held let the same plan be given again. */
export interface NextSession {
  earliest_by_limits: string | null;
  limit: {
    id: string;
    minimum: number | null;
    unit: string | null;
    basis: string;
    verified: boolean;
    source: { citation: string; url: string | null };
  } | null;
  reason: string | null;
}

export interface Check {
  issues: Issue[];
  status: string;
  preparation: {
    product: string;
    planned_U: number;
    volume_mL: number | null;
    vials_U: number[];
    left_over_U: number | null;
    fewest_vials_U: number[];
    fewest_left_over_U: number | null;
    diluent_mL: number[] | null;
  } | null;
  selection: {
    distribution: string;
    joints: { joint: string; movement: string; side: string; component: string | null; angle_deg: number | null }[];
    candidates: Candidate[];
    not_asked: string[];
  } | null;
  next: NextSession;
  totals: { dose_U: number; volume_mL: number | null; vials: number | null; left_over_U: number | null } | null;
  worst: Severity;
}

/** What is planned for one region against the maxima held for it, as the check sums and ranks them. */
export interface Total {
  what: string;
  planned_U: number | null;
  /** The lowest maximum, which binds; null where one is per kg and no weight is known. */
  limit_U: number | null;
  over: boolean;
  limits: { min: number | null; max: number; unit: string; basis: string; verified: boolean; source: Source }[];
}

export interface Range {
  id: string;
  text: string;
  min_U: number | null;
  max_U: number | null;
  sites: [number, number] | null;
  basis: string;
  verified: boolean;
  source: Source;
}

export interface Ranges {
  muscles: Record<string, Range | null>;
  dilutions: Range[];
}

/** Five quantiles, each a number (null: not reached within the horizon) or a curve. */
export interface Band<T = number | null> {
  p05: T;
  p25: T;
  median: T;
  p75: T;
  p95: T;
}

export type Curve = Band<(number | null)[]>;

export interface Times {
  onset_d: Band;
  peak_d: Band;
  duration_d: Band;
  reached: number;
  returned: number;
}

export interface MuscleRun extends Times {
  muscle: string;
  side: string;
  dose_U: number;
  held_U: Band;
  force: Curve;
  transmission: Curve;
  volume: Curve;
}

export interface JointRun extends Times {
  joint: string;
  side: string;
  movement: string;
  baseline?: { scale: string; value: string | null } | null;
  muscles?: string[];
  scale_change?: Record<string, Curve>;
  expected_score?: Record<string, Curve>;
  strength?: Curve;
  r1_deg?: Curve | null;
  r2_deg?: Curve | null;
  prior?: { scale_change?: Record<string, Curve>; expected_score?: Record<string, Curve> } & Partial<Times>;
}

export interface Driver {
  joint?: string;
  side: string;
  movement?: string;
  muscle?: string;
  outcome: string;
  parameter: string;
  meaning: string;
  basis: string;
  low: number;
  high: number;
  swing: number;
}

/** How well the answer of one joint or muscle is known: the letter, and what each of its drivers counts. */
export interface Known {
  joint?: string;
  movement?: string;
  muscle?: string;
  side: string;
  letter: "A" | "B" | "C" | "D" | null;
  share: number | null;
  outside_model: string[];
  drivers: { parameter: string; meaning: string; basis: string; swing: number; narrowed: number; counts: number }[];
}

export interface Simulation {
  model_version: string;
  seed: number;
  draws: number;
  t_d: number[];
  muscles: MuscleRun[];
  joints: JointRun[];
  neighbours: { muscle: string; side: string; held_U: Band; force: Curve }[];
  outside_model: string[];
  warnings: string[];
  drivers?: Driver[];
  known?: Known[];
  evidence?: { id: string; meaning: string; basis: string }[];
  sources?: { key: string; citation: string; url: string | null }[];
}

export interface LimbDrawing {
  segments: string[];
  segment: string;
  side: string;
  sides: string[];
  svg: string;
  sites: { muscle: string; side: string; name: string; z_mm: number; x_mm: number; y_mm: number }[];
  data: Record<string, unknown>[];
}

export interface Body3d {
  segments: {
    id: string;
    side: string;
    muscles: { id: string; dose_U: number; centre: [number, number, number][]; radii_mm: number[]; band: [number, number] | null }[];
  }[];
}

export interface Job {
  id: string;
  kind: string;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  progress: number;
  error: Fault | { error: Fault } | null;
}

export interface CaseFile {
  code: string;
  file: string;
  modified: string;
}
