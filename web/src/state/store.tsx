// The one state of the app, and what the checks say of it.
import { createContext, useCallback, useContext, useMemo, useReducer, useState, type Dispatch, type ReactNode } from "react";
import { api, ApiError } from "../api/client";
import { useLive, type Live } from "../api/live";
import type { Check, Meta } from "../api/types";
import type { Screen } from "../router";
import type { Change } from "./changes";
import { doubts, type Doubt } from "./doubts";
import { planned, textOf, toCase, today, type Draft } from "./draft";
import { placed, readable, without, type Left } from "./faults";
import { initial, reduce, type Action, type Kept, type State } from "./reducer";
import { restored, useAutosave, type Saving } from "./saving";

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

function begun(): State {
  const held = restored();
  if (!held?.draft?.plan) return initial();
  if (held.file) api.known(held.file);
  return { ...initial(), ...held, code: held.code ?? (held.file && held.draft.patient.code) };
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
  const [state, dispatch] = useReducer(reduce, undefined, begun);
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
export function useStored(): (Kept & { same: boolean }) | null {
  const { state, meta } = useStore();
  const { kept, draft } = state;
  const text = useMemo(() => (kept ? textOf(draft) : ""), [kept, draft]);
  return meta.store && kept?.code === draft.patient.code ? { ...kept, same: kept.of === text } : null;
}
