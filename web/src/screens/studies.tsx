import { useState, type ReactNode } from "react";
import { api } from "../api/client";
import { useLive } from "../api/live";
import { useWords } from "../i18n";
import { SelectField } from "../parts/fields";
import { Facts, Panel, ScreenFrame } from "../parts/screen";
import { Badge, FaultMessage, Message } from "../parts/severity";
import { shown } from "../state/quantity";
import { useStore } from "../state/store";

interface Outcome {
  arm: string;
  versus: string | null;
  measure: string;
  scale: string | null;
  joint: string | null;
  muscle: string | null;
  at: string | null;
  observed: number | null;
  predicted: { p10?: number; median?: number; p90?: number; low?: number; high?: number } | number | null;
  inside_80: boolean | null;
  cannot: string | null;
}

interface Board {
  model: string;
  model_version: string;
  draws: number;
  studies: { study: string; title: string; role: string; sources: { citation: string; url: string | null }[]; outcomes: Outcome[] }[];
  totals: { outcomes: number; simulated: number; inside_80: number; scored: number };
}

const ROLES = ["calibration", "validation"];

function said(value: Outcome["predicted"], language: string): string {
  if (value === null) return "–";
  if (typeof value === "number") return shown(value, 3, language);
  return Object.entries(value).filter(([, held]) => typeof held === "number").map(([key, held]) => `${key} ${shown(held as number, 2, language)}`).join(", ");
}

function Row({ row }: { row: Outcome }): ReactNode {
  const { t, term, language } = useWords();
  const kind = row.predicted === null ? "none" : row.inside_80 ? "fine" : "warning";
  return (
    <tr>
      <th scope="row">{term(row.measure)}{row.joint && `, ${term(row.joint)}`}{row.muscle && `, ${term(row.muscle)}`}<span className="note"> {row.arm}{row.versus && ` / ${row.versus}`}</span></th>
      <td>{row.at ?? "–"}</td>
      <td className="number">{shown(row.observed, 3, language)}</td>
      <td>{said(row.predicted, language)}</td>
      <td><Badge kind={kind}>{t(kind === "fine" ? "studies.hit" : kind === "warning" ? "studies.miss" : "studies.not")}</Badge>{row.cannot && <p className="note" lang="en">{row.cannot}</p>}</td>
    </tr>
  );
}

export default function StudiesScreen(): ReactNode {
  const { t, term, language } = useWords();
  const [role, setRole] = useState("");
  const held = useStore().meta.extras["scoreboard"] === true;
  const found = useLive(held ? "studies" : null, (signal) => api.get<Board>("/studies", signal));
  const board = found.data;
  return (
    <ScreenFrame title={t("step.studies")} lead={t("studies.lead")}>
      {!held && <Message kind="info"><p>{t("studies.absent")}</p><p className="command">endplate reproduce studies/*.yaml</p></Message>}
      <FaultMessage fault={found.error?.fault} />
      {board && (
        <>
          <Panel title={t("studies.totals")}>
            <Facts rows={[[t("studies.outcomes"), shown(board.totals.outcomes, 0, language)], [t("studies.simulated"), shown(board.totals.simulated, 0, language)], [t("studies.inside"), `${shown(board.totals.inside_80, 0, language)} / ${shown(board.totals.scored, 0, language)}`], [t("simulate.model"), board.model_version]]} />
            <SelectField label={t("studies.role")} value={role} empty={t("evidence.all")} options={ROLES} onChange={setRole} />
          </Panel>
          <div className="stack" style={{ marginTop: 16 }}>
            {board.studies.filter((row) => !role || row.role === role).map((study) => (
              <details className="panel" key={study.study}>
                <summary><strong lang="en">{study.title}</strong> <span className="note">{study.study}, {term(study.role)}</span></summary>
                <p className="note wrap" lang="en">{study.sources.map((one) => one.citation).join("; ")}</p>
                <div className="scroll" tabIndex={0} role="region" aria-label={study.title}>
                  <table>
                    <thead><tr><th scope="col">{t("compare.outcome")}</th><th scope="col">{t("studies.when")}</th><th scope="col" className="number">{t("studies.observed")}</th><th scope="col">{t("studies.simulated_value")}</th><th scope="col">{t("studies.score")}</th></tr></thead>
                    <tbody>{study.outcomes.map((row, at) => <Row key={at} row={row} />)}</tbody>
                  </table>
                </div>
              </details>
            ))}
          </div>
        </>
      )}
    </ScreenFrame>
  );
}
