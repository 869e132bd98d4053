// The trainer: its cases by level and the progress over attempts, or one case.
import { useState, type ReactNode } from "react";
import { ApiError } from "../api/client";
import { useLive } from "../api/live";
import { training, type Listed } from "../api/training";
import type { Fault } from "../api/types";
import { Points } from "../charts/points";
import { useWords } from "../i18n";
import { download } from "../parts/download";
import { Panel, ScreenFrame, Table } from "../parts/screen";
import { FaultMessage } from "../parts/severity";
import { usePart } from "../router";
import { shown } from "../state/quantity";
import { useStore } from "../state/store";
import { Lesson } from "./lesson";
import "../styles/trainer.css";

function Progress({ cases }: { cases: Listed[] }): ReactNode {
  const { t, language } = useWords();
  const found = useLive("training progress", training.progress);
  const [fault, setFault] = useState<Fault | null>(null);
  const attempts = found.data?.attempts ?? [];
  const titles = new Map(cases.map((row) => [row.id, row.title]));
  const save = (): void => {
    training.csv().then(
      (text) => download("endplate-training.csv", text, "text/csv"),
      (error: unknown) => setFault(error instanceof ApiError ? error.fault : null),
    );
  };
  return (
    <Panel title={t("trainer.progress")}>
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
          <button type="button" onClick={save}>
            {t("trainer.csv")}
          </button>
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
      <p className="note">{t("trainer.kept")}</p>
    </Panel>
  );
}

function Cases(): ReactNode {
  const { t, term, language } = useWords();
  const { meta } = useStore();
  const found = useLive("training list", training.list);
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
                      <h3>{row.title}</h3>
                      <p>
                        {t(`trainer.limb.${row.side}`, { segment: term(row.segment) })}
                        <br />
                        {row.attempts === 0
                          ? t("trainer.untried")
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
          <Progress cases={cases} />
        </div>
      </div>
    </ScreenFrame>
  );
}

export default function TrainerScreen(): ReactNode {
  const id = decodeURIComponent(usePart());
  return id ? <Lesson key={id} id={id} /> : <Cases key="" />;
}
