// The draft with its past and future. Typing into one field is one step back, not one per key.
import type { Change } from "./changes";
import type { Entry } from "./paediatric";
import { emptyDraft, textOf, type Draft, type DraftPlan } from "./draft";

/** Where the store keeps the case: whose, which cycle, at which version, and the case then as text. */
export interface Kept {
  code: string;
  cycle: number;
  version: number;
  of: string;
}

/** What the store now keeps of a case; `draft` null where it is not all of it. */
export const keptAs = ({ code, cycle, version }: Omit<Kept, "of">, draft: Draft | null): Kept => ({
  code,
  cycle,
  version,
  of: draft ? textOf(draft) : "",
});

export interface State {
  draft: Draft;
  past: Draft[];
  future: Draft[];
  /** The field of the last change, so that the next key in it joins the same step. */
  field: string | null;
  /** The file in the server's folder that autosave writes to; null until there is one. */
  file: string | null;
  /** The code after which that file is named; where the code changes, the file is renamed. */
  code: string | null;
  /** Whether this draft made the file: only then is it deleted under its old name. */
  made: boolean;
  /** Counts the cases opened, so that an answer about another one is never shown or kept. */
  opened: number;
  /** Whether anything was changed since the case was opened: an example that was only looked at is not saved. */
  touched: boolean;
  /** Null until the case was opened from the store or kept there. */
  kept: Kept | null;
  /** Whether the file it was saved in was deleted since; the next change makes a new one. */
  gone: boolean;
  /** Dates that a child's peak is held against; beside the case, of this browser alone. */
  dates: Entry[];
}

export type Action =
  | { type: "change"; change: Change; field?: string }
  | { type: "open"; draft: Draft; file: string | null; touched?: boolean; kept?: Kept | null; dates?: Entry[] }
  | { type: "file"; opened: number; file: string; code: string }
  | { type: "recorded"; opened: number; kept: Kept; plan?: DraftPlan }
  | { type: "dropped"; file: string }
  | { type: "dates"; dates: Entry[] }
  | { type: "undo" }
  | { type: "redo" };

const STEPS_KEPT = 100;

export function initial(): State {
  return {
    draft: emptyDraft(),
    past: [],
    future: [],
    field: null,
    file: null,
    code: null,
    made: false,
    opened: 0,
    touched: false,
    kept: null,
    gone: false,
    dates: [],
  };
}

function changed(state: State, action: Pick<Extract<Action, { type: "change" }>, "change" | "field">): State {
  const draft = action.change(state.draft);
  if (draft === state.draft) return state;
  const field = action.field ?? null;
  const joins = field !== null && field === state.field;
  const past = joins ? state.past : [...state.past, state.draft].slice(-STEPS_KEPT);
  return { ...state, draft, past, future: [], field, touched: true, gone: false };
}

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "change":
      return changed(state, action);
    case "open":
      return {
        ...initial(),
        draft: action.draft,
        file: action.file,
        code: action.file && action.draft.patient.code,
        opened: state.opened + 1,
        touched: action.touched ?? false,
        kept: action.kept ?? null,
        dates: action.dates ?? [],
      };
    case "dates":
      return { ...state, dates: action.dates };
    // Answers about another case than the one that is open by now change nothing.
    case "file":
      return state.opened === action.opened ? { ...state, file: action.file, code: action.code, made: true, gone: false } : state;
    case "recorded": {
      const { opened, kept, plan } = action;
      if (state.opened !== opened) return state;
      return { ...(plan ? changed(state, { change: (draft) => ({ ...draft, plan }) }) : state), kept };
    }
    case "dropped":
      return state.file === action.file ? { ...state, file: null, code: null, made: false, touched: false, gone: true } : state;
    case "undo": {
      const before = state.past.at(-1);
      if (!before) return state;
      return { ...state, draft: before, past: state.past.slice(0, -1), future: [state.draft, ...state.future], field: null, touched: true, gone: false };
    }
    case "redo": {
      const [next, ...rest] = state.future;
      if (!next) return state;
      return { ...state, draft: next, past: [...state.past, state.draft], future: rest, field: null, touched: true, gone: false };
    }
  }
}
