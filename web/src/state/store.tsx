// The one state of the app, kept in this browser at every change and in the server's folder a moment later.
import { createContext, useContext, useEffect, useMemo, useReducer, useRef, useState, type Dispatch, type ReactNode } from "react";
import { api, ApiError, remember } from "../api/client";
import { useLive, type Live } from "../api/live";
import type { Check, Meta } from "../api/types";
import type { Change } from "./changes";
import { planned, textOf, toCase } from "./draft";
import { initial, reduce, type Action, type Kept, type State } from "./reducer";

const PLACE = "endplate.draft";
const WAIT_MS = 900;

export type Saving = { state: "none" | "saving" | "saved" | "here" | "failed" | "elsewhere"; message: string };

interface Store {
  state: State;
  dispatch: Dispatch<Action>;
  change: (change: Change, field?: string) => void;
  meta: Meta;
  check: Live<Check>;
  saving: Saving;
}

const Context = createContext<Store | null>(null);

function restored(): State {
  try {
    const text = localStorage.getItem(PLACE);
    const held = text ? (JSON.parse(text) as Pick<State, "draft" | "file" | "touched" | "kept">) : null;
    if (held?.file) remember(held.file);
    return held?.draft?.plan ? { ...initial(), ...held } : initial();
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

function useAutosave(state: State, dispatch: Dispatch<Action>): Saving {
  const [saving, setSaving] = useState<Saving>({ state: "none", message: "" });
  const busy = useRef<Promise<void>>(Promise.resolve());
  const { draft, file, touched, kept } = state;
  useEffect(() => {
    try {
      localStorage.setItem(PLACE, JSON.stringify({ draft, file, touched, kept }));
    } catch {
      setSaving({ state: "failed", message: "" });
    }
    if (!touched || !draft.patient.code) return undefined;
    // A plan whose doses are not typed yet cannot stand in a file: the last whole one stays there, the draft here.
    if (file && draft.plan.injections.length > 0 && !planned(draft)) {
      setSaving({ state: "here", message: "" });
      return undefined;
    }
    setSaving({ state: "here", message: "" });
    const save = async (): Promise<void> => {
      const name =
        file ??
        freeName(
          draft.patient.code,
          (await api.cases()).cases.map((row) => row.file),
        );
      await api.keep(name, toCase(draft));
      if (!file) dispatch({ type: "file", file: name });
      setSaving({ state: "saved", message: name });
    };
    const timer = window.setTimeout(() => {
      busy.current = busy.current.then(save).catch((error: unknown) => {
        const elsewhere = error instanceof ApiError && error.status === 409;
        setSaving({ state: elsewhere ? "elsewhere" : "here", message: error instanceof ApiError ? error.fault.message : "" });
      });
    }, WAIT_MS);
    return () => window.clearTimeout(timer);
  }, [draft, file, touched, kept, dispatch]);
  return saving;
}

export function StoreProvider({ meta, children }: { meta: Meta; children: ReactNode }): ReactNode {
  const [state, dispatch] = useReducer(reduce, undefined, restored);
  const saving = useAutosave(state, dispatch);
  const value = useMemo(() => planned(state.draft), [state.draft]);
  const check = useLive(value && JSON.stringify(value), (signal) => api.check(value!, signal));
  const store = useMemo<Store>(
    () => ({
      state,
      dispatch,
      meta,
      check,
      saving,
      change: (change, field) => dispatch(field === undefined ? { type: "change", change } : { type: "change", change, field }),
    }),
    [state, meta, check, saving],
  );
  return <Context.Provider value={store}>{children}</Context.Provider>;
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
