// A child's plan: what the server says of its totals, and where dates stand against the modelled peak.
import type { Band, Vocabulary } from "../api/types";

export const DAY_MS = 86_400_000;

/** The limb of a muscle, or of a group by its first member; "" where it is neither. */
export function limbFinder(words: Pick<Vocabulary, "muscles" | "groups">): (muscle: string) => string {
  const limbs = new Map(words.muscles.map((row) => [row.id, row.limb]));
  return (muscle) => limbs.get(muscle) ?? limbs.get(words.groups?.[muscle]?.[0] ?? "") ?? "";
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
