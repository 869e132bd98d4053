// Every way in which a screen changes the draft: pure functions from draft to draft. None writes a dose but the one typed.
import type { Vocabulary } from "../api/types";
import { years } from "./quantity";
import type { Draft, DraftInjection, DraftPlan } from "./draft";

export type Change = (draft: Draft) => Draft;

export const setPatient =
  (part: Partial<Draft["patient"]>): Change =>
  (draft) => ({
    ...draft,
    patient: { ...draft.patient, ...part },
  });

export const setPlan =
  (part: Partial<DraftPlan>): Change =>
  (draft) => ({ ...draft, plan: { ...draft.plan, ...part } });

/** Another product: its units are others, so doses, vials and dilution are cleared, never converted. */
export const setProduct =
  (product: string): Change =>
  (draft) => {
    if (product === draft.plan.product) return draft;
    const injections = draft.plan.injections.map((row) => ({ ...row, dose: "", volume: null, dilution: null, product: null }));
    return setPlan({ product, vials: [], dilution: "", injections })(draft);
  };

export const setInjection =
  (at: number, part: Partial<DraftInjection>): Change =>
  (draft) =>
    setPlan({ injections: draft.plan.injections.map((row, index) => (index === at ? { ...row, ...part } : row)) })(draft);

export const removeInjection =
  (at: number): Change =>
  (draft) =>
    setPlan({ injections: draft.plan.injections.filter((_, index) => index !== at) })(draft);

/** Adds a muscle with an empty dose; one already there on that side is left alone. */
export const addMuscle =
  (muscle: string, side: string): Change =>
  (draft) => {
    if (draft.plan.injections.some((row) => row.muscle === muscle && row.side === side)) return draft;
    const row: DraftInjection = { muscle, side, dose: "", sites: null, at: "" };
    return setPlan({ injections: [...draft.plan.injections, row] })(draft);
  };

/** Adds every muscle that the sources name in a pattern, each with an empty dose. */
export const addPattern =
  (id: string, side: string, words: Vocabulary): Change =>
  (draft) => {
    const pattern = words.patterns.find((row) => row.id === id);
    const muscles = [...new Set((pattern?.muscles ?? []).map((row) => row.muscle))];
    return muscles.reduce((held, muscle) => addMuscle(muscle, side)(held), draft);
  };

/** What was typed as really given of one injection planned; `none` where nothing was. */
export interface GivenRow {
  dose: string;
  sites: number | null;
  at: string;
  none: boolean;
}

/** A plan that says what was given in place of what was planned: row by row as typed, without those of which nothing was. */
export const takeOver =
  (date: string, rows: GivenRow[]): Change =>
  (draft) =>
    setPlan({
      date,
      injections: draft.plan.injections.flatMap((held, at) => {
        const row = rows[at];
        if (!row || row.none) return [];
        const volume = row.dose === held.dose ? held.volume : null; // the fluid of another dose is another
        return [{ ...held, dose: row.dose, sites: row.sites, at: row.at, volume }];
      }),
    })(draft);

export const tickCaution =
  (id: string, answer: "yes" | "no" | ""): Change =>
  (draft) => {
    const without = (list: string[]): string[] => list.filter((held) => held !== id);
    const { cautions, asked } = draft.patient;
    return setPatient({
      cautions: answer === "yes" ? [...without(cautions), id] : without(cautions),
      asked: answer === "no" ? [...without(asked), id] : without(asked),
    })(draft);
  };

export type List = "assessment" | "goals" | "visits" | "history";

export function setRow<K extends List>(list: K, at: number, part: Partial<Draft[K][number]>): Change {
  return (draft) => ({ ...draft, [list]: draft[list].map((row, index) => (index === at ? { ...row, ...part } : row)) });
}

export function addRow<K extends List>(list: K, row: Draft[K][number]): Change {
  return (draft) => ({ ...draft, [list]: [...draft[list], row] });
}

export function removeRow(list: List, at: number): Change {
  return (draft) => ({ ...draft, [list]: (draft[list] as unknown[]).filter((_, index) => index !== at) });
}

export const MINOR_YEARS = 18;
export const LEAST_YEARS = 2;

/** Whether the person is under 18; an age not stated is an adult's, as for the checks. */
export function minor(draft: Draft): boolean {
  const age = years(draft.patient.age);
  return age !== null && age < MINOR_YEARS;
}
