// The one state of the app, kept in this browser at every change and in the server's folder a moment later.
import { createContext, useCallback, useContext, useEffect, useMemo, useReducer, useRef, useState, type Dispatch, type ReactNode } from "react";
import { api, ApiError, remember } from "../api/client";
import { useLive, type Live } from "../api/live";
import type { Check, Meta } from "../api/types";
import type { Screen } from "../router";
import type { Change } from "./changes";
import { doubts, type Doubt } from "./doubts";
import { planned, textOf, toCase, today, type Draft } from "./draft";
import { placed, readable, without, type Left } from "./faults";
import { initial, reduce, type Action, type Kept, type State } from "./reducer";

const PLACE = "endplate.draft";
const WAIT_MS = 900;

export type Saving = {
  state: "none" | "saving" | "saved" | "here" | "failed" | "elsewhere" | "refused" | "stays";
  message: string;
};

interface Store {
  state: State;
  dispatch: Dispatch<Action>;
  change: (change: Change, field?: string) => void;
  meta: Meta;
  /** The checks of the plan, of all that can be read of it; with an error the last answer stays. */
  check: Live<Check>;
  /** What is refused, and was left out of the checks. */
  left: Left[];
  /** The draft without what is refused. */
  readable: Draft;
  doubts: Record<string, Doubt>;
  saving: Saving;
  /** The plan with which each screen was last open. */
  seen: Partial<Record<Screen, string>>;
  see: (screen: Screen, plan: string) => void;
}

const Context = createContext<Store | null>(null);

function restored(): State {
  try {
    const text = localStorage.getItem(PLACE);
    const held = text ? (JSON.parse(text) as Pick<State, "draft" | "file" | "touched" | "kept" | "code" | "made">) : null;
    if (held?.file) remember(held.file);
    return held?.draft?.plan ? { ...initial(), ...held, code: held.code ?? (held.file && held.draft.patient.code) } : initial();
  } catch {
    return initial();
  }
}

/** A file name from a code that no other case of the folder has. */
export function freeName(code: string, taken: string[]): string {
  const stem = code.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+|-+$/g, "") || "case";
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? `${stem}.yaml` : `${stem}-${count}.yaml`;
    if (!taken.includes(name)) return name;
  }
}

type File = Pick<State, "file" | "code" | "made" | "opened">;

/** Writes the draft to its file. Where its code has changed, to a file of the new name; the old one goes, if this draft made it. */
async function save(draft: Draft, now: File): Promise<{ file: string; made: boolean; stays: string | null }> {
  const { code } = draft.patient;
  if (now.file && now.code === code) {
    await api.keep(now.file, toCase(draft));
    return { file: now.file, made: now.made, stays: null };
  }
  const old = now.made ? now.file : null;
  const taken = (await api.cases()).cases.map((row) => row.file).filter((name) => name !== old);
  const file = freeName(code, taken);
  // With doses that are not typed yet the file takes over the plan that was last whole, under the new code.
  const value = old && !whole(draft) ? (await api.kept(old)).case : null;
  await api.keep(file, value ? { ...value, patient: { ...value.patient, code } } : toCase(draft));
  let stays: string | null = null;
  if (old && old !== file)
    await api.drop(old, true).catch((error: unknown) => {
      if (!(error instanceof ApiError) || ![404, 409].includes(error.status)) throw error;
      if (error.status === 409) stays = old;
    });
  return { file, made: true, stays };
}

/** Whether a case can be made of the draft without leaving a plan out. */
const whole = (draft: Draft): boolean => draft.plan.injections.length === 0 || planned(draft) !== null;

function failure(error: unknown): Saving {
  if (!(error instanceof ApiError)) return { state: "here", message: "" };
  const state = error.status === 409 ? "elsewhere" : error.status === 422 ? "refused" : "here";
  return { state, message: error.fault.message };
}

function useAutosave(state: State, dispatch: Dispatch<Action>): Saving {
  const [saving, setSaving] = useState<Saving>({ state: "none", message: "" });
  const busy = useRef<Promise<void>>(Promise.resolve());
  const { draft, file, code, made, opened, touched, kept } = state;
  const written = useRef<Draft | null>(null);
  const current = useRef<File>({ file, code, made, opened });
  current.current = { file, code, made, opened };
  useEffect(() => {
    try {
      localStorage.setItem(PLACE, JSON.stringify({ draft, file, touched, kept, code, made }));
    } catch {
      setSaving({ state: "failed", message: "" });
    }
    // Its file was just named: the draft stands in it already.
    if (!touched || !draft.patient.code || written.current === draft) return undefined;
    setSaving({ state: "here", message: "" });
    // A plan whose doses are not typed yet cannot stand in a file: the last whole one stays there, the draft here.
    if (file && !whole(draft) && code === draft.patient.code) return undefined;
    const run = async (): Promise<void> => {
      // A save that waited for the one before goes on with its file, but never into the file of another case.
      const now = current.current.opened === opened ? current.current : { file, code, made, opened };
      const done = await save(draft, now);
      written.current = draft;
      if (current.current.opened !== opened) return;
      if (done.file !== now.file || now.code !== draft.patient.code) {
        current.current = { ...now, file: done.file, code: draft.patient.code, made: done.made };
        dispatch({ type: "file", file: done.file, code: draft.patient.code, made: done.made });
      }
      setSaving(done.stays ? { state: "stays", message: done.stays } : { state: "saved", message: done.file });
    };
    const timer = window.setTimeout(() => {
      busy.current = busy.current.then(run).catch((error: unknown) => setSaving(failure(error)));
    }, WAIT_MS);
    return () => window.clearTimeout(timer);
  }, [draft, file, code, made, opened, touched, kept, dispatch]);
  return saving;
}

/** The checks of all that can be read; where there is no plan yet, only whether it can be read. */
function useChecked(state: State): { check: Live<Check>; left: Left[] } {
  const { draft, opened, touched } = state;
  const plan = useMemo(() => planned(draft), [draft]);
  const key = plan || touched ? JSON.stringify([opened, plan ?? toCase(draft)]) : null;
  const live = useLive(key, async (signal) => {
    const ask = async (held: Draft): Promise<Check | null> => {
      const value = planned(held);
      if (value) return api.check(value, signal);
      await api.write(toCase(held), signal);
      return null;
    };
    return { opened, ...(await without(draft, ask, (error) => (error instanceof ApiError && error.status === 422 ? error.fault : null))) };
  });
  return useMemo(() => {
    const mine = live.data?.opened === opened ? live.data : null;
    const last = live.error && placed(live.error.fault, draft);
    return {
      check: { data: plan && mine ? mine.found : null, error: live.error, busy: live.busy },
      left: live.error ? (last ? [last] : []) : (mine?.left ?? []),
    };
  }, [live, opened, plan, draft]);
}

export function StoreProvider({ meta, children }: { meta: Meta; children: ReactNode }): ReactNode {
  const [state, dispatch] = useReducer(reduce, undefined, restored);
  const saving = useAutosave(state, dispatch);
  const { check, left } = useChecked(state);
  const [seen, setSeen] = useState<Partial<Record<Screen, string>>>({});
  const see = useCallback((screen: Screen, plan: string) => setSeen((was) => (was[screen] === plan ? was : { ...was, [screen]: plan })), []);
  const store = useMemo<Store>(
    () => ({
      state,
      dispatch,
      meta,
      check,
      left,
      readable: readable(state.draft, left),
      doubts: doubts(state.draft, meta.plausible, today()),
      saving,
      seen,
      see,
      change: (change, field) => dispatch(field === undefined ? { type: "change", change } : { type: "change", change, field }),
    }),
    [state, meta, check, left, saving, seen, see],
  );
  return <Context.Provider value={store}>{children}</Context.Provider>;
}

/** The store, or null outside of the app's screens. */
export function useMaybeStore(): Store | null {
  return useContext(Context);
}

export function useStore(): Store {
  const store = useContext(Context);
  if (!store) throw new Error("useStore outside StoreProvider");
  return store;
}

/** Where the store keeps the open case, and whether it is kept as it stands; null where it is not, or under another code. */
export function useKept(): (Kept & { same: boolean }) | null {
  const { state, meta } = useStore();
  const { kept, draft } = state;
  const text = useMemo(() => (kept ? textOf(draft) : ""), [kept, draft]);
  return meta.store && kept?.code === draft.patient.code ? { ...kept, same: kept.of === text } : null;
}
