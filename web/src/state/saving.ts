// Autosave: a draft goes into its file a moment after its last change, one save after the other, each case into its own file.
import { useEffect, useRef, useState, type Dispatch } from "react";
import { api, ApiError } from "../api/client";
import { planned, toCase, type Draft } from "./draft";
import type { Entry } from "./paediatric";
import type { Action, State } from "./reducer";

export const WAIT_MS = 900;

export interface Saving {
  state: "none" | "saved" | "here" | "failed" | "elsewhere" | "refused" | "stays";
  message: string;
}

type Files = Pick<typeof api, "cases" | "keep" | "drop" | "look" | "known">;
type Followed = Pick<State, "draft" | "file" | "code" | "made" | "opened" | "touched">;

/** A file name from a code that no other case of the folder has. */
export function freeName(code: string, taken: string[]): string {
  const stem = code.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+|-+$/g, "") || "case";
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? `${stem}.yaml` : `${stem}-${count}.yaml`;
    if (!taken.includes(name)) return name;
  }
}

/** Whether a case can be made of the draft without leaving a plan out. */
const whole = (draft: Draft): boolean => draft.plan.injections.length === 0 || planned(draft) !== null;

const unless =
  (...statuses: number[]) =>
  (error: unknown): ApiError => {
    if (error instanceof ApiError && statuses.includes(error.status)) return error;
    throw error;
  };

/** Writes a draft whose code has changed to a file of that name; the old one goes if this draft made it and nobody changed it since. */
async function rename(files: Files, draft: Draft, made: string | null): Promise<{ file: string; stays: boolean }> {
  const { code } = draft.patient;
  const taken = (await files.cases()).cases.map((row) => row.file).filter((name) => name !== made);
  const file = freeName(code, taken);
  // With doses that are not typed yet the file takes over the plan that was last whole, if it is still this tab's.
  const last = made && !whole(draft) ? await files.look(made).catch(unless(404)) : null;
  const held = last && "case" in last && last.version === files.known(made!) ? last.case : null;
  const value = held ? { ...held, patient: { ...held.patient, code } } : toCase(draft);
  await files.keep(file, value, file === made ? undefined : "");
  const refused = made && made !== file ? await files.drop(made, files.known(made)).catch(unless(404, 409)) : undefined;
  return { file, stays: refused?.status === 409 };
}

function failure(error: unknown): Saving {
  if (!(error instanceof ApiError)) return { state: "here", message: "" };
  const state = error.status === 409 ? "elsewhere" : error.status === 422 ? "refused" : "here";
  return { state, message: error.fault.message };
}

/** What saves the drafts that follow one another; `tell` hears how it stands with the one that is open. */
export function saver(files: Files, tell: (saving: Saving) => void, dispatch: Dispatch<Action>): (state: Followed) => void {
  const cases = new Map<number, Followed>();
  let open: Followed | null = null;
  let written: Draft | null = null;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let busy = Promise.resolve();
  const say = (opened: number, saving: Saving): void => {
    if (open?.opened === opened) tell(saving);
  };
  const save = async (draft: Draft, opened: number): Promise<void> => {
    const now = cases.get(opened);
    if (!now?.touched) return; // its file was deleted meanwhile
    const { code } = draft.patient;
    const named = now.file !== null && now.code === code;
    // A plan whose doses are not typed yet cannot stand in a file: the last whole one stays there, the draft here.
    if (named && !whole(draft)) return;
    const made = now.made ? now.file : null;
    const done = named ? { file: now.file!, stays: false } : await rename(files, draft, made);
    if (named) await files.keep(done.file, toCase(draft));
    if (whole(draft)) written = draft;
    if (!named) {
      cases.set(opened, { ...(cases.get(opened) ?? now), file: done.file, code, made: true });
      dispatch({ type: "file", opened, file: done.file, code });
    }
    if (done.stays) say(opened, { state: "stays", message: made! });
    else say(opened, whole(draft) ? { state: "saved", message: done.file } : { state: "here", message: "" });
  };
  const put = ({ draft, opened }: Followed): void => {
    clearTimeout(waiting);
    waiting = undefined;
    busy = busy.then(() => save(draft, opened)).catch((error: unknown) => say(opened, failure(error)));
  };
  return (state) => {
    const before = open;
    if (before && waiting !== undefined && before.opened !== state.opened) put(before); // what was typed last is not lost
    clearTimeout(waiting);
    waiting = undefined;
    open = state;
    cases.set(state.opened, state);
    if (before && before.opened !== state.opened) tell({ state: "none", message: "" });
    if (!state.file) written = null;
    // Its file was just named: the draft stands in it already.
    if (!state.touched || !state.draft.patient.code || written === state.draft) return;
    if (before?.draft !== state.draft) tell({ state: "here", message: "" });
    waiting = setTimeout(() => put(state), WAIT_MS);
  };
}

const PLACE = "endplate.draft";
const DATES = "endplate.dates.by_file";
type Held = Pick<State, "draft" | "file" | "touched" | "kept" | "code" | "made" | "dates">;

/** What this browser keeps of the draft that was open last. */
export function restored(): Held | null {
  try {
    return JSON.parse(localStorage.getItem(PLACE) ?? "null") as Held | null;
  } catch {
    return null;
  }
}

function allDates(): Record<string, Entry[]> {
  try {
    return JSON.parse(localStorage.getItem(DATES) ?? "{}") as Record<string, Entry[]>;
  } catch {
    return {};
  }
}

/** The dates entered beside the case of a file. */
export const datesOf = (file: string | null): Entry[] => (file && allDates()[file]) || [];

/** Keeps the dates beside a file; none: forgets them. */
export function keepDates(file: string, dates: Entry[]): void {
  const { [file]: _, ...others } = allDates();
  localStorage.setItem(DATES, JSON.stringify(dates.length ? { ...others, [file]: dates } : others));
}

export function useAutosave(state: State, dispatch: Dispatch<Action>): Saving {
  const [saving, setSaving] = useState<Saving>({ state: "none", message: "" });
  const [follow] = useState(() => saver(api, setSaving, dispatch));
  const { draft, file, code, made, opened, touched, kept, dates } = state;
  const before = useRef({ file, opened });
  useEffect(() => {
    follow({ draft, file, code, made, opened, touched });
    try {
      localStorage.setItem(PLACE, JSON.stringify({ draft, file, touched, kept, code, made, dates } satisfies Held));
      const was = before.current;
      if (was.file && was.file !== file && was.opened === opened) keepDates(was.file, []); // renamed or deleted
      if (file) keepDates(file, dates);
    } catch {
      setSaving({ state: "failed", message: "" });
    }
    before.current = { file, opened };
  }, [follow, draft, file, code, made, opened, touched, kept, dates]);
  return saving;
}
