// Plans kept aside to compare with the open one (A): copies of it as it was, or case files of the folder.
import { useEffect, useState, type ReactNode } from "react";
import { api, ApiError } from "../api/client";
import type { Case, CaseFile, Fault } from "../api/types";
import { useWords } from "../i18n";
import { planned } from "../state/draft";
import { useKept } from "../state/kept";
import { useStore } from "../state/store";
import { SelectField, TextField } from "./fields";
import { FaultMessage } from "./severity";

const PLACE = "endplate.aside";
const MOST = 3;
const LETTERS = ["B", "C", "D"];

export interface Aside {
  name: string;
  case: Case;
}

export function useAside(): [Aside[], (next: Aside[]) => void] {
  return useKept<Aside[]>(PLACE, []);
}

interface Props {
  /** The name of the open plan. */
  own: string;
  rename: (next: string) => void;
  held: Aside[];
  set: (next: Aside[]) => void;
}

export function Others({ own, rename, held, set }: Props): ReactNode {
  const { t, term } = useWords();
  const { state } = useStore();
  const [files, setFiles] = useState<CaseFile[]>([]);
  const [fault, setFault] = useState<Fault | null>(null);
  useEffect(() => {
    api.cases().then(
      (found) => setFiles(found.cases),
      () => setFiles([]),
    );
  }, []);
  const mine = planned(state.draft);
  const full = held.length >= MOST;
  const add = (row: Aside): void => {
    setFault(null);
    set([...held, row].slice(0, MOST));
  };
  const load = (name: string): void => {
    if (!name) return;
    api.look(name).then(
      (found) => add({ name, case: found.case }),
      (error: unknown) => {
        if (error instanceof ApiError) setFault(error.fault);
      },
    );
  };
  const doses = (value: Case): string => (value.plan?.injections ?? []).map((row) => `${term(row.muscle)} ${row.dose}`).join(", ");
  return (
    <div>
      <ul className="plain">
        <li>
          <TextField label={t("compare.name_a")} value={own} onChange={rename} />
          {mine && <p className="note">{doses(mine)}</p>}
        </li>
        {held.map((row, at) => (
          <li key={at}>
            <TextField
              label={t("compare.name", { plan: LETTERS[at] ?? "" })}
              value={row.name}
              onChange={(name) => set(held.map((one, index) => (index === at ? { ...one, name } : one)))}
            />
            <p className="note">{doses(row.case)}</p>
            <button type="button" className="quiet" onClick={() => set(held.filter((_, index) => index !== at))}>
              {t("remove")} {LETTERS[at]}
            </button>
          </li>
        ))}
      </ul>
      <div className="row">
        <button type="button" disabled={!mine || full} onClick={() => mine && add({ name: t("compare.copy_name"), case: mine })}>
          {t("compare.copy")}
        </button>
      </div>
      {files.length > 0 && (
        <SelectField
          label={t("compare.from_file")}
          value=""
          empty={t("choose")}
          options={files.map((row) => row.file)}
          words={(id) => id}
          onChange={(name) => !full && load(name)}
        />
      )}
      <p className="note">{t("compare.how")}</p>
      <FaultMessage fault={fault} />
    </div>
  );
}
