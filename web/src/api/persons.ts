// The store behind the server: persons by code, each change against the version that was read.
import { api, request } from "./client";
import { useLive } from "./live";
import type { components } from "./openapi";
import type { Case, Fault, Injection, Plan, Visit } from "./types";

type Schemas = components["schemas"];

export interface PersonRow {
  code: string;
  condition: string | null;
  product: string | null;
  last_date: string | null;
  cycles: number;
  changed_at: string;
  changed_by: string;
  version: number;
}

export interface Lot {
  id: number;
  date: string;
  product: string;
  lot: string;
  expiry: string;
  units: string;
  discarded: string;
  injections: Injection[];
  note: string | null;
}

export interface HeldCycle {
  cycle: number;
  plan: Plan | null;
  given: Lot[];
  visits: (Visit & { id: number })[];
}

export interface Person {
  code: string;
  version: number;
  cycles: HeldCycle[];
}

export interface HeldCase {
  code: string;
  cycle: number;
  version: number;
  case: Case;
  notes: string[];
}

export interface Done {
  code: string;
  cycle: number;
  version: number;
  id: number | null;
  warnings: string[];
  /** Parts of the case sent that the store holds otherwise. */
  differs?: string[];
}

export interface Wanted {
  code?: string;
  condition?: string;
  page?: number;
}

const WHO = "endplate.who";

/** The word under which this browser's changes stand in the audit. */
export function who(): string {
  return localStorage.getItem(WHO) || "local";
}

export function setWho(word: string): void {
  localStorage.setItem(WHO, word.trim());
}

const of = (code: string): string => `/store/persons/${encodeURIComponent(code)}`;

async function send(method: "POST" | "PUT", path: string, body: object): Promise<Done> {
  return (await (await request(method, path, { ...body, who: who() })).json()) as Done;
}

/** A new record, or one in place of an earlier one by its number. */
function put(path: string, number: number | null, body: object): Promise<Done> {
  return number === null ? send("POST", path, body) : send("PUT", `${path}/${number}`, body);
}

type At = Pick<Schemas["Found"], "version" | "cycle">;

export const persons = {
  list: (wanted: Wanted, signal?: AbortSignal) => {
    const asked = Object.entries(wanted).filter(([, held]) => held);
    const query = new URLSearchParams(asked.map(([key, held]) => [key, String(held)])).toString();
    return api.get<{ persons: PersonRow[]; page: number; pages: number; total: number }>(`/store/persons?${query}`, signal);
  },
  /** The row of exactly this code; null where the store holds nobody of it. */
  find: async (code: string): Promise<PersonRow | null> => {
    if (!/^[A-Za-z0-9._-]{1,40}$/.test(code)) return null;
    return (await persons.list({ code })).persons.find((row) => row.code === code) ?? null;
  },
  show: (code: string, signal?: AbortSignal) => api.get<Person>(of(code), signal),
  case: (code: string, cycle?: number) => api.get<HeldCase>(`${of(code)}/case${cycle ? `?cycle=${cycle}` : ""}`),
  /** Somebody new, or with the version read the next cycle of somebody known. */
  keep: (value: Case, version: number | null) => send("POST", "/store/persons", { case: value, version }),
  plan: (value: Case, at: At) => send("PUT", `${of(value.patient.code)}/plan`, { case: value, ...at }),
  visit: (code: string, finding: Visit, at: At, number: number | null) => put(`${of(code)}/visits`, number, { finding, ...at }),
  given: (code: string, record: object, at: At, number: number | null) => put(`${of(code)}/given`, number, { record, ...at }),
};

/** The cycle of a case that the store keeps, as it stands there; null without one. */
export function useHeldCycle(at: { code: string; cycle: number; version: number } | null): { cycle: HeldCycle | null; fault: Fault | null } {
  const found = useLive(at && `${at.code} ${at.cycle} ${at.version}`, (signal) => persons.show(at!.code, signal));
  const cycle = at ? (found.data?.cycles.find((one) => one.cycle === at.cycle) ?? null) : null;
  return { cycle, fault: found.error?.fault ?? null };
}
