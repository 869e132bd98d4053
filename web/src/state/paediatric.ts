// Limits by weight of a child's plan, and where dates stand against the modelled peak. Only held numbers; nothing is scaled.
import type { Band, Source, Vocabulary } from "../api/types";
import type { DraftInjection } from "./draft";
import { amount, split } from "./quantity";

export const DAY_MS = 86_400_000;

export interface Limit {
  id: string;
  scope: string;
  limb: string;
  extent: string | null;
  min: number | null;
  max: number | null;
  unit: string;
  max_U: number | null;
  basis: string;
  verified: boolean;
  source: Source;
}

/** One limit of the label's: per kg and absolute side by side, and the lower of both at this weight. */
export interface Held {
  limb: string;
  /** "each_limb", "session" (all limbs together), or "cumulative" (three months). */
  extent: string;
  per_kg: Limit | null;
  absolute: Limit | null;
  /** The lower one in units; null where the only one is per kg and no weight is known. */
  binds_U: number | null;
  planned_U: number | null;
}

/** What is planned, in whom; a dose with side bilateral is per side. */
export interface Given {
  rows: DraftInjection[];
  limbOf: (muscle: string) => string;
  weight_kg: number | null;
}

/** The limb of a muscle, or of a group by its first member; "" where it is neither. */
export function limbFinder(words: Pick<Vocabulary, "muscles" | "groups">): (muscle: string) => string {
  const limbs = new Map(words.muscles.map((row) => [row.id, row.limb]));
  return (muscle) => limbs.get(muscle) ?? limbs.get(words.groups?.[muscle]?.[0] ?? "") ?? "";
}

const TOTALS = /^(session_total|cumulative_3_months)(_per_kg)?$/;

function units(limit: Limit | null): number | null {
  return limit && (limit.unit === "U" ? limit.max : limit.max_U);
}

/** What the plan asks of a limit: of one limb the most that any side gets, of a session the sum. */
export function planned(given: Given, limb: string, extent: string): number | null {
  const own = given.rows.filter((row) => row.dose && (limb === "any" || given.limbOf(row.muscle) === limb));
  const doses = own.map((row) => {
    const dose = amount(row.dose);
    const perKg = split(row.dose, "U").unit === "U/kg";
    return dose === null || (perKg && given.weight_kg === null) ? null : dose * (perKg ? (given.weight_kg ?? 1) : 1);
  });
  if (doses.includes(null)) return null;
  const total = (side?: string): number =>
    own.reduce((sum, row, at) => {
      const sides = row.side === "bilateral" ? 2 : 1;
      const share = side === undefined ? sides : row.side === side || row.side === "bilateral" ? 1 : 0;
      return sum + share * (doses[at] ?? 0);
    }, 0);
  return extent === "each_limb" ? Math.max(total("left"), total("right")) : total();
}

/** The limits on totals, those per kg beside the absolute ones of the same limb and extent. */
export function totals(limits: Limit[], given: Given): Held[] {
  const found = new Map<string, Held>();
  for (const limit of limits.filter((row) => TOTALS.test(row.scope) && row.max !== null)) {
    const extent = limit.scope.startsWith("cumulative") ? "cumulative" : (limit.extent ?? "session");
    const place = limit.unit === "U" ? "absolute" : "per_kg";
    // A second limit of the same kind (one leaves muscles out) stands in a row of its own.
    const taken = (key: string): boolean => Boolean(found.get(key)?.[place]);
    const key = `${limit.limb} ${extent}`;
    const own = taken(key) ? `${key} ${limit.id}` : key;
    const held = found.get(own) ?? { limb: limit.limb, extent, per_kg: null, absolute: null, binds_U: null, planned_U: null };
    found.set(own, { ...held, [place]: limit });
  }
  return [...found.values()].map((held) => {
    const known = [units(held.per_kg), units(held.absolute)].filter((value): value is number => value !== null);
    const whole = (held.per_kg === null || units(held.per_kg) !== null) && known.length > 0;
    const planned_U = held.extent === "cumulative" ? null : planned(given, held.limb, held.extent);
    return { ...held, binds_U: whole ? Math.min(...known) : null, planned_U };
  });
}

export interface Entry {
  kind: string;
  date: string;
  until: string;
}

/** Days of an entry after the plan; null where no date is typed. One without an end, or ending before it begins, is a day. */
export function daysOf(entry: Entry, start: number): [number, number] | null {
  const from = (Date.parse(entry.date) - start) / DAY_MS;
  if (Number.isNaN(from)) return null;
  const until = (Date.parse(entry.until) - start) / DAY_MS;
  return [from, Number.isNaN(until) || until < from ? from : until];
}

/** Where an entry lies against the middle half of the peaks: before, after, or (in part) inside. */
export function against(days: [number, number], peak: Band): "before" | "inside" | "after" | "unknown_peak" {
  if (peak.p25 === null || peak.p75 === null) return "unknown_peak";
  if (days[1] < peak.p25) return "before";
  return days[0] > peak.p75 ? "after" : "inside";
}
