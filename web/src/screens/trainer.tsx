// The trainer: its cases by level and the progress over attempts, or one case.
import { useState, type ReactNode } from "react";
import { ApiError } from "../api/client";
import { useLive } from "../api/live";
import { training, type Broken, type Listed } from "../api/training";
import type { Fault } from "../api/types";
import { Points } from "../charts/points";
import { useWords } from "../i18n";
import { download } from "../parts/download";
import { TextField } from "../parts/fields";
import { Panel, ScreenFrame, Table } from "../parts/screen";
import { Badge, FaultMessage, Message } from "../parts/severity";
import { usePart } from "../router";
import { looksLikeName } from "../state/doubts";
import { LEARNER, useKept } from "../state/kept";
import { shown } from "../state/quantity";
import { useStore } from "../state/store";
import { Lesson } from "./lesson";
import "../styles/trainer.css";

/** A code as the server takes it: short, with a digit, and no name. */
const CODE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,38}[A-Za-z0-9])?$/;
const isCode = (code: string): boolean => code === "" || (CODE.test(code) && /\d/.test(code) && !looksLikeName(code));

/** Who practises: a code that this browser keeps. What is no code is not used. */
function Learner({ learner, onChange }: { learner: string; onChange: (code: string) => void }): ReactNode {
  const { t } = useWords();
  const [typed, setTyped] = useState(learner);
  return (
    <Panel title={t("trainer.who")}>
      <TextField
        label={t("trainer.learner")}
        hint={t("trainer.learner_hint")}
        value={typed}
        error={isCode(typed) ? undefined : t("trainer.learner_wrong")}
        onChange={(next) => {
          setTyped(next);
          if (isCode(next)) onChange(next);
        }}
      />
    </Panel>
  );
}

function Progress({ cases, learner, round, onForget }: { cases: Listed[]; learner: string; round: number; onForget: () => void }): ReactNode {
  const { t, language } = useWords();
  const found = useLive(`training progress ${learner} ${round}`, (signal) => training.progress(learner, signal));
  const [fault, setFault] = useState<Fault | null>(null);
  const attempts = found.data?.attempts ?? [];
  const titles = new Map(cases.map((row) => [row.id, row.title]));
  const told = (error: unknown): void => setFault(error instanceof ApiError ? error.fault : null);
  const forget = (): void => {
    if (window.confirm(t("trainer.forget_sure", { learner: learner || t("trainer.no_code") }))) training.forget(learner).then(onForget, told);
  };
  const save = (): void => {
    training.csv().then(
      (text) => download("endplate-training.csv", text, "text/csv"),
      told,
    );
  };
  return (
    <Panel title={learner ? t("trainer.progress_of", { learner }) : t("trainer.progress")}>
      <FaultMessage fault={fault ?? found.error?.fault} />
      {attempts.length === 0 && <p>{t("trainer.no_attempt")}</p>}
      {attempts.length > 0 && (
        <>
          <Points
            title={t("trainer.scores")}
            across={t("trainer.order")}
            xs={attempts.map((_, at) => at + 1)}
            most={100}
            series={[{ values: attempts.map((row) => row.score), full: attempts.map((row) => row.passed) }]}
          />
          <p className="note">{t("trainer.filled")}</p>
          <div className="row">
            <button type="button" onClick={save}>
              {t("trainer.csv")}
            </button>
            <button type="button" onClick={forget}>
              {t("trainer.forget")}
            </button>
          </div>
          <details>
            <summary>{t("trainer.table")}</summary>
            <Table
              caption={t("trainer.scores")}
              heads={[t("trainer.case"), t("trainer.time"), t("trainer.score_head"), t("trainer.outcome")]}
              numbers={[2]}
              rows={attempts.map((row) => [
                titles.get(row.training) ?? row.training,
                row.at.slice(0, 16).replace("T", " "),
                shown(row.score, 0, language),
                t(row.passed ? "trainer.passed" : "trainer.not_passed"),
              ])}
            />
          </details>
        </>
      )}
      {(found.data?.set_aside ?? []).length > 0 && <p role="status">{t("trainer.set_aside", { files: found.data?.set_aside.join(", ") ?? "" })}</p>}
      <p className="note">{t("trainer.kept")}</p>
    </Panel>
  );
}

/** Files of the instructor's folder that are no training, with why. */
function BrokenFiles({ files }: { files: Broken[] }): ReactNode {
  const { t } = useWords();
  if (files.length === 0) return null;
  return (
    <Panel title={t("trainer.broken")}>
      <ul className="plain">
        {files.map((row) => (
          <li key={row.file}>
            <Message kind="warning">
              <p>
                <strong>{row.line ? t("trainer.broken_at", { file: row.file, line: row.line }) : row.file}</strong>: {row.message}. {row.remedy}
              </p>
            </Message>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Cases(): ReactNode {
  const { t, term, language } = useWords();
  const { meta } = useStore();
  const [learner, setLearner] = useKept(LEARNER, "");
  const [round, setRound] = useState(0);
  const found = useLive(`training list ${learner} ${round}`, (signal) => training.list(learner, signal));
  const cases = found.data?.trainings ?? [];
  const levels = [...new Set(cases.map((row) => row.level))].sort();
  return (
    <ScreenFrame title={t("step.trainer")} lead={`${t("trainer.lead")} ${meta.wording["trainer"] ?? ""}`}>
      <FaultMessage fault={found.error?.fault} />
      <div className="columns two trainer">
        <div className="stack">
          {levels.map((level) => (
            <Panel key={level} title={t("trainer.level", { level, name: t(`trainer.level.${level}`) })}>
              <ul className="cards">
                {cases
                  .filter((row) => row.level === level)
                  .map((row) => (
                    <li className="card" key={row.id}>
                      <h3>
                        {row.title} {row.own && <Badge kind="info">{t("trainer.own")}</Badge>}
                      </h3>
                      <p>
                        {t(`trainer.limb.${row.side}`, { segment: term(row.segment) })}
                        <br />
                        {row.attempts === 0
                          ? t("trainer.untried")
                          : row.best === null
                            ? t("trainer.none_passed", { attempts: row.attempts })
                            : t("trainer.best", { best: shown(row.best, 0, language), attempts: row.attempts })}
                      </p>
                      <div className="row">
                        <a className="button" href={`#/trainer/${row.id}`}>
                          {t("trainer.play")}
                          <span className="hidden"> {row.title}</span>
                        </a>
                      </div>
                    </li>
                  ))}
              </ul>
            </Panel>
          ))}
        </div>
        <div className="stack">
          <Learner learner={learner} onChange={setLearner} />
          <Progress cases={cases} learner={learner} round={round} onForget={() => setRound(round + 1)} />
          <BrokenFiles files={found.data?.broken ?? []} />
        </div>
      </div>
    </ScreenFrame>
  );
}

export default function TrainerScreen(): ReactNode {
  const id = decodeURIComponent(usePart());
  return id ? <Lesson key={id} id={id} /> : <Cases key="" />;
}
