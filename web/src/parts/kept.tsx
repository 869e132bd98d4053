// Case files of the server's folder: opened, or deleted after a question.
import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import { api, ApiError } from "../api/client";
import type { CaseFile, Fault } from "../api/types";
import { useWords } from "../i18n";
import { keepDates } from "../state/saving";
import { useStore } from "../state/store";
import { closeAround, Dialog } from "./dialog";
import { Panel } from "./screen";
import { FaultMessage } from "./severity";

export function KeptFiles({ onOpen }: { onOpen: (file: string) => void }): ReactNode {
  const { t } = useWords();
  const { state, dispatch } = useStore();
  const [held, setHeld] = useState<{ folder_name: string; cases: CaseFile[] } | null>(null);
  const [asked, setAsked] = useState<{ file: string; changed: boolean } | null>(null);
  const [told, setTold] = useState("");
  const [fault, setFault] = useState<Fault | null>(null);
  const said = useRef<HTMLParagraphElement>(null);
  const look = useCallback(() => api.cases().then(setHeld, () => setHeld(null)), []);
  useEffect(() => {
    void look();
  }, [look]);
  useEffect(() => {
    if (told) said.current?.focus(); // the button that asked is gone
  }, [told]);
  if (!held) return null;
  /** Only what this tab knows of it, or whatever is there once that was asked. */
  const drop = (file: string, changed: boolean): void => {
    api.drop(file, changed ? "" : api.known(file)).then(
      () => {
        dispatch({ type: "dropped", file });
        keepDates(file, []);
        setFault(null);
        void look().then(() => setTold(t("kept.dropped", { file })));
      },
      (error: unknown) => {
        if (!(error instanceof ApiError)) return;
        if (error.status === 409) setAsked({ file, changed: true });
        else setFault(error.fault);
      },
    );
  };
  return (
    <Panel title={t("start.kept")}>
      <p className="note">{t("start.kept_where", { folder: held.folder_name })}</p>
      {told && (
        <p role="status" tabIndex={-1} ref={said}>
          {told}
        </p>
      )}
      <FaultMessage fault={fault} />
      {held.cases.length === 0 && <p>{t("start.kept_none")}</p>}
      <ul>
        {held.cases.map((row) => (
          <li key={row.file}>
            <button type="button" className="quiet" onClick={() => onOpen(row.file)}>
              {row.file}
            </button>
            <span className="note"> {row.modified.slice(0, 16).replace("T", " ")}</span>
            <button type="button" className="quiet" onClick={() => setAsked({ file: row.file, changed: false })}>
              {t("kept.drop")}
              <span className="hidden"> {row.file}</span>
            </button>
          </li>
        ))}
      </ul>
      {asked && (
        <Dialog key={String(asked.changed)} title={t("kept.ask", { file: asked.file })} onClose={() => setAsked(null)}>
          {asked.changed && <p role="alert">{t("kept.ask_changed")}</p>}
          <p>{t(state.file === asked.file ? "kept.ask_open" : "kept.ask_lead")}</p>
          <div className="row">
            <button type="button" onClick={(event) => closeAround(event.currentTarget)}>
              {t("kept.leave")}
            </button>
            <button
              type="button"
              className="main"
              onClick={(event) => {
                drop(asked.file, asked.changed);
                closeAround(event.currentTarget);
              }}
            >
              {t("kept.drop")}
            </button>
          </div>
        </Dialog>
      )}
    </Panel>
  );
}
