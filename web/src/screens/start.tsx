import { useState, type ReactNode } from "react";
import { api, ApiError } from "../api/client";
import { persons, type HeldCase } from "../api/persons";
import type { Case, Fault } from "../api/types";
import { useWords } from "../i18n";
import { download } from "../parts/download";
import { KeptFiles } from "../parts/kept";
import { Persons } from "../parts/persons";
import { Panel, ScreenFrame } from "../parts/screen";
import { FaultMessage, Message } from "../parts/severity";
import { go } from "../router";
import { draftOf, emptyDraft, toCase } from "../state/draft";
import { keptAs } from "../state/reducer";
import { datesOf } from "../state/saving";
import { useStore } from "../state/store";

type Read = { case: Case; notes?: string[] } | HeldCase;

/** Opens cases; a refusal stays on the screen with what to do. */
function useOpen(): {
  fault: Fault | null;
  notes: string[];
  open: (found: Promise<Read>, file: string | null) => void;
} {
  const { dispatch } = useStore();
  const [fault, setFault] = useState<Fault | null>(null);
  const [notes, setNotes] = useState<string[]>([]);
  const open = (found: Promise<Read>, file: string | null): void => {
    found.then(
      (read) => {
        const draft = draftOf(read.case);
        const kept = "code" in read ? keptAs(read, draft) : null;
        dispatch({ type: "open", draft, file, kept, dates: datesOf(file) });
        setFault(null);
        setNotes(read.notes ?? []);
        if (!read.notes?.length) go(read.case.plan ? "sites" : "person");
      },
      (error: unknown) => {
        if (error instanceof ApiError) setFault(error.fault);
      },
    );
  };
  return { fault, notes, open };
}

function Current(): ReactNode {
  const { t } = useWords();
  const { state } = useStore();
  const [fault, setFault] = useState<Fault | null>(null);
  const name = state.file ?? `${state.draft.patient.code || "case"}.yaml`;
  const save = (): void => {
    api.write(toCase(state.draft)).then(
      ({ yaml }) => download(name, yaml, "application/yaml"),
      (error: unknown) => {
        if (error instanceof ApiError) setFault(error.fault);
      },
    );
  };
  if (!state.draft.patient.code && state.past.length === 0) return null;
  return (
    <Panel title={t("start.current")}>
      <p>{t("start.current_is", { code: state.draft.patient.code || t("start.unnamed") })}</p>
      <div className="row">
        <a className="button" href="#/person">
          {t("start.go_on")}
        </a>
        <button type="button" onClick={save}>
          {t("start.save")}
        </button>
      </div>
      <FaultMessage fault={fault} />
    </Panel>
  );
}

export function StartScreen(): ReactNode {
  const { t } = useWords();
  const { dispatch, meta } = useStore();
  const { fault, notes, open } = useOpen();
  const pick = (files: FileList | null): void => {
    const file = files?.[0];
    if (file)
      open(
        file.text().then((yaml) => api.read(yaml, file.name)),
        null,
      );
  };
  return (
    <ScreenFrame title={t("start.title")} lead={t("start.lead")}>
      <FaultMessage fault={fault} />
      {notes.length > 0 && (
        <Message kind="info">
          <ul>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
          <a href="#/person">{t("start.go_on")}</a>
        </Message>
      )}
      <div className="columns two">
        <div className="stack">
          <Panel title={t("start.begin")}>
            <div className="row">
              <button
                type="button"
                className="main"
                onClick={() => {
                  dispatch({ type: "open", draft: emptyDraft(), file: null });
                  go("person");
                }}
              >
                {t("start.new")}
              </button>
              <label className="button">
                {t("start.open")}
                <input
                  type="file"
                  className="hidden"
                  accept=".yaml,.yml"
                  onChange={(event) => {
                    pick(event.target.files);
                    event.target.value = "";
                  }}
                />
              </label>
              <a className="button" href="#/research">
                {t("step.research")}
              </a>
            </div>
            <p className="note">{meta.wording["privacy"]}</p>
          </Panel>
          <Panel title={t("start.examples")}>
            <p className="note">{t("start.examples_lead")}</p>
            <ul className="cards">
              {meta.examples.map((row) => (
                <li className="card" key={row.name}>
                  <h3>{row.title}</h3>
                  <p lang="en">{row.description}</p>
                  <div className="row">
                    <button type="button" onClick={() => open(api.example(row.name), null)}>
                      {t("start.open_example")}
                      <span className="hidden"> {row.title}</span>
                    </button>
                  </div>
                </li>
              ))}
            </ul>
          </Panel>
        </div>
        <div className="stack">
          <Current />
          {meta.store && <Persons onOpen={(code, cycle) => open(persons.case(code, cycle), null)} />}
          <Panel title={t("step.trainer")}>
            <p>{t("start.trainer")}</p>
            <a className="button" href="#/trainer">
              {t("start.to_trainer")}
            </a>
            <p className="note">{meta.wording["trainer"]}</p>
          </Panel>
          <Panel title={t("start.is")}>
            <ul>
              <li>{t("start.is_1")}</li>
              <li>{t("start.is_2")}</li>
              <li>{t("start.is_3")}</li>
            </ul>
            <h2>{t("start.is_not")}</h2>
            <ul>
              <li>{t("start.is_not_1")}</li>
              <li>{t("start.is_not_2")}</li>
              <li>{t("start.is_not_3")}</li>
            </ul>
          </Panel>
          <KeptFiles onOpen={(file) => open(api.kept(file), file)} />
        </div>
      </div>
    </ScreenFrame>
  );
}
