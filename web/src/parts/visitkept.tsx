// One finding and the store: whether it is held there as it stands, and the way to record or correct it.
import { useState, type ReactNode } from "react";
import { ApiError } from "../api/client";
import { persons, type HeldCycle } from "../api/persons";
import type { Fault, Visit } from "../api/types";
import { useWords } from "../i18n";
import { draftOf } from "../state/draft";
import { keptAs } from "../state/reducer";
import { useStore, useStored } from "../state/store";
import { FaultMessage } from "./severity";

const AT = ["date", "measure", "joint", "side", "movement", "scale"] as const;
const FOUND = ["value", "rater"] as const;

/** Only what says something, in the words of a case file. */
function said(row: Visit, keys: readonly (keyof Visit)[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, row[key]]).filter(([, held]) => held));
}

function angles(row: Visit): Record<string, unknown> | null {
  const held = Object.entries(row.tardieu ?? {}).filter(([, part]) => part !== null && part !== "");
  return held.length ? Object.fromEntries(held.sort()) : null;
}

const place = (row: Visit): string => JSON.stringify(said(row, AT));
const whole = (row: Visit): string => JSON.stringify([said(row, AT), said(row, FOUND), angles(row)]);

export function VisitKept({ row, number, cycle }: { row: Visit; number: number; cycle: HeldCycle | null }): ReactNode {
  const { t } = useWords();
  const { state, dispatch } = useStore();
  const kept = useStored();
  const [fault, setFault] = useState<Fault | null>(null);
  if (!kept || !cycle || !row.date || !(row.value || row.tardieu)) return null;
  if (cycle.visits.some((one) => whole(one) === whole(row))) return <p className="note">{t("store.visit_held")}</p>;
  const before = cycle.visits.find((one) => place(one) === place(row)) ?? null;
  const put = async (): Promise<void> => {
    const tardieu = angles(row);
    const finding = { ...said(row, [...AT, ...FOUND]), ...(tardieu ? { tardieu } : {}) } as unknown as Visit;
    const done = await persons.visit(kept.code, finding, { version: kept.version, cycle: kept.cycle }, before?.id ?? null);
    const held = draftOf((await persons.case(done.code, done.cycle)).case);
    dispatch({ type: "recorded", opened: state.opened, kept: keptAs(done, held) });
  };
  return (
    <>
      <button
        type="button"
        onClick={() => {
          put().catch((error: unknown) => {
            if (error instanceof ApiError) setFault(error.fault);
          });
        }}
      >
        {before ? t("store.visit_correct", { value: before.value ?? "" }) : t("store.visit_record")}
        <span className="hidden"> {t("followup.visit", { number })}</span>
      </button>
      <FaultMessage fault={fault} />
    </>
  );
}
