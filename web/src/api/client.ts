// One way to the server: same origin, the run's token in a header, every fault in one shape.
import type { components } from "./openapi";
import { token } from "./token";
import type { Body3d, Case, CaseFile, Check, Fault, Job, LimbDrawing, Meta, Ranges, Simulation, Total } from "./types";

/** Told to the window where the server refuses this tab's token, and where none answers. */
export const LOCKED = "endplate.locked";
export const SILENT = "endplate.silent";

let tongue = "en";

/** The language in which the server is to answer from now on. */
export function speak(language: string): void {
  tongue = language;
}

/** A refused request, with what to do about it. */
export class ApiError extends Error {
  readonly status: number;
  readonly fault: Fault;
  constructor(status: number, fault: Fault) {
    super(fault.message);
    this.status = status;
    this.fault = fault;
  }
}

function plainFault(message: string): Fault {
  return { file: null, line: null, field: null, rule: "server", message, remedy: null };
}

async function refusal(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { error?: Fault };
    if (body.error) return new ApiError(response.status, body.error);
  } catch {
    // no JSON: told below by its number alone
  }
  return new ApiError(response.status, plainFault(`HTTP ${response.status}`));
}

/** A request with the token; throws ApiError on anything but success. Status 0: the server did not answer. */
export async function request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Authorization: `Bearer ${token()}`, "Accept-Language": tongue };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const sent: RequestInit = { method, headers };
  if (body !== undefined) sent.body = JSON.stringify(body);
  if (signal) sent.signal = signal;
  let response: Response;
  try {
    response = await fetch(`./api${path}`, sent);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    window.dispatchEvent(new Event(SILENT));
    throw new ApiError(0, plainFault("no answer"));
  }
  if (response.status === 401) window.dispatchEvent(new Event(LOCKED));
  if (!response.ok) throw await refusal(response);
  return response;
}

async function json<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return (await (await request(method, path, body, signal)).json()) as T;
}

type Schemas = components["schemas"];

/** A request of the server's OpenAPI document, with the case as the app knows it and what has a default left out. */
type Request<Name extends "Command" | "Curves" | "Limb" | "Report" | "Spread"> = Partial<Omit<Schemas[Name], "case">> & { case: Case };

export interface Asked {
  kind: Schemas["Question"]["kind"];
  case: Case;
  cases?: Case[];
  goals?: Record<string, unknown>;
  options?: Partial<Schemas["Options"]>;
}

/** Sums of a check for the plan bar, worked out of its preparation. */
function summed(found: Check): Check {
  const held = found.preparation;
  if (found.totals || !held) return found;
  const vials = held.vials_U.length || held.fewest_vials_U.length;
  const left = held.vials_U.length ? held.left_over_U : held.fewest_left_over_U;
  return { ...found, totals: { dose_U: held.planned_U, volume_mL: held.volume_mL, vials, left_over_U: left } };
}

const VERSION = "endplate.version.";
const versions = new Map<string, string>();

/** What a kept file held when this tab last saw it; of a tab loaded again, what the browser's drafts rest on. Empty: a new file. */
function known(name: string): string {
  if (!versions.has(name)) versions.set(name, localStorage.getItem(VERSION + name) ?? "");
  return versions.get(name) ?? "";
}

function learn(name: string, version: string): void {
  versions.set(name, version);
  localStorage.setItem(VERSION + name, version);
}

function forget(name: string): void {
  versions.delete(name);
  localStorage.removeItem(VERSION + name);
}

const file = (name: string): string => `/cases/${encodeURIComponent(name)}`;

export const api = {
  meta: (signal?: AbortSignal) => json<Meta>("GET", "/meta", undefined, signal),
  example: (name: string) => json<{ case: Case; yaml: string }>("GET", `/examples/${name}`),
  read: (yaml: string, name: string) => json<{ case: Case; notes: string[] }>("POST", "/case/read", { yaml, name }),
  write: (value: Case, signal?: AbortSignal) => json<{ yaml: string }>("POST", "/case/write", { case: value }, signal),
  cases: () => json<{ folder_name: string; cases: CaseFile[] }>("GET", "/cases"),
  known,
  /** Writes a file that holds what is known of it; "" where it must not be there yet. */
  keep: async (name: string, value: Case, of: string = known(name)) => {
    const kept = await json<{ file: string; version: string }>("PUT", file(name), { case: value, known: of });
    learn(name, kept.version);
    return kept;
  },
  /** What a file holds; only one that is opened is known from then on. */
  look: (name: string) => json<{ case: Case; yaml: string; version: string }>("GET", file(name)),
  kept: async (name: string) => {
    const held = await api.look(name);
    learn(name, held.version);
    return held;
  },
  /** Deletes a file; with what is known of it, only if it still holds that. */
  drop: async (name: string, of = "") => {
    await request("DELETE", of ? `${file(name)}?known=${of}` : file(name)).catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) forget(name);
      throw error;
    });
    forget(name);
  },
  check: async (value: Case, signal?: AbortSignal) => summed(await json<Check>("POST", "/check", { case: value }, signal)),
  ranges: (value: Case, signal?: AbortSignal) => json<Ranges>("POST", "/ranges", { case: value }, signal),
  totals: (value: Case, signal?: AbortSignal) => json<{ totals: Total[] }>("POST", "/totals", { case: value }, signal),
  curves: (asked: Request<"Curves">, signal?: AbortSignal) => json<Simulation>("POST", "/curves", asked, signal),
  limb: (asked: Request<"Limb">, signal?: AbortSignal) => json<LimbDrawing>("POST", "/limb", asked, signal),
  spread: (asked: Request<"Spread">, signal?: AbortSignal) =>
    json<{ document: Record<string, unknown>; svg: string }>("POST", "/spread", asked, signal),
  body3d: (value: Case, signal?: AbortSignal) => json<Body3d>("POST", "/body3d", { case: value }, signal),
  command: (value: Case, verb: Schemas["Command"]["verb"], options?: Asked["options"]) =>
    json<{ command: string }>("POST", "/command", { case: value, verb, ...(options ? { options } : {}) }),
  report: async (asked: Request<"Report">, signal?: AbortSignal) => (await request("POST", "/report", asked, signal)).text(),
  reportPdf: async (asked: Request<"Report">) => (await request("POST", "/report.pdf", asked)).blob(),
  reportJson: async (asked: Request<"Report">) => (await request("POST", "/report.json", asked)).text(),
  ask: (asked: Asked) => json<{ id: string }>("POST", "/jobs", asked),
  job: (id: string) => json<Job>("GET", `/jobs/${id}`),
  result: <T>(id: string) => json<T>("GET", `/jobs/${id}/result`),
  cancel: (id: string) => request("DELETE", `/jobs/${id}`),
  events: (id: string, signal: AbortSignal) => request("GET", `/jobs/${id}/events`, undefined, signal),
  get: <T>(path: string, signal?: AbortSignal) => json<T>("GET", path, undefined, signal),
};
