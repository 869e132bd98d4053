import { useState, type ReactNode } from "react";
import { api } from "../api/client";
import { useLive } from "../api/live";
import { linear } from "../charts/scale";
import { useWords } from "../i18n";
import { SelectField } from "../parts/fields";
import { Facts, Panel, ScreenFrame } from "../parts/screen";
import { Badge, FaultMessage, Message } from "../parts/severity";
import { shown } from "../state/quantity";

interface Outcome {
  arm: string;
  versus: string | null;
  measure: string;
  scale: string | null;
  joint: string | null;
  muscle: string | null;
  at: string | null;
  observed: number | null;
  predicted: { p10: number; p50: number; p90: number } | null;
  unit: string | null;
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

const STRIP = 150;

/** The simulated 80 % interval as a bar and what was observed as a ring, on their common range. */
function Strip({ row }: { row: Outcome }): ReactNode {
  if (!row.predicted || row.observed === null) return null;
  const { p10, p50, p90 } = row.predicted;
  const [low, high] = [Math.min(p10, row.observed, 0), Math.max(p90, row.observed, 0)];
  const x = linear([low, high], [8, STRIP - 8]);
  return (
    <svg className="chart" viewBox={`0 0 ${STRIP} 22`} width={STRIP} height={22} style={{ width: STRIP }} aria-hidden="true">
      <line className="grid" x1={x(0)} x2={x(0)} y1={1} y2={21} />
      <rect className="inner" x={x(p10)} width={Math.max(2, x(p90) - x(p10))} y={7} height={8} />
      <line x1={x(p50)} x2={x(p50)} y1={4} y2={18} stroke="var(--median)" strokeWidth={3} />
      <circle className="seen" cx={x(row.observed)} cy={11} r={5} />
    </svg>
  );
}

function Row({ row }: { row: Outcome }): ReactNode {
  const { t, term, language } = useWords();
  const kind = row.predicted === null ? "none" : row.inside_80 ? "fine" : "warning";
  return (
    <tr>
      <th scope="row">
        {term(row.measure)}
        {row.joint && `, ${term(row.joint)}`}
        {row.muscle && `, ${term(row.muscle)}`}
        <span className="note">
          {" "}
          {row.arm}
          {row.versus && ` / ${row.versus}`}
        </span>
      </th>
      <td>{row.at ?? "–"}</td>
      <td className="number">{shown(row.observed, 3, language)}</td>
      <td>
        {row.predicted
          ? t("compare.range", {
              median: shown(row.predicted.p50, 2, language),
              low: shown(row.predicted.p10, 2, language),
              high: shown(row.predicted.p90, 2, language),
            })
          : "–"}
        <Strip row={row} />
      </td>
      <td>
        <Badge kind={kind}>{t(kind === "fine" ? "studies.hit" : kind === "warning" ? "studies.miss" : "studies.not")}</Badge>
        {row.cannot && (
          <p className="note" lang="en">
            {row.cannot}
          </p>
        )}
      </td>
    </tr>
  );
}

export default function StudiesScreen(): ReactNode {
  const { t, term, language } = useWords();
  const [role, setRole] = useState("");
  const found = useLive("studies", (signal) => api.get<Board>("/studies", signal));
  const board = found.data;
  return (
    <ScreenFrame title={t("step.studies")} lead={t("studies.lead")}>
      {found.error?.status === 404 ? (
        <Message kind="info">
          <p>{t("studies.absent")}</p>
          <p className="command">endplate reproduce studies/</p>
        </Message>
      ) : (
        <FaultMessage fault={found.error?.fault} />
      )}
      {board && (
        <>
          <Panel title={t("studies.totals")}>
            <Facts
              rows={[
                [t("studies.outcomes"), shown(board.totals.outcomes, 0, language)],
                [t("studies.simulated"), shown(board.totals.simulated, 0, language)],
                [t("studies.inside"), `${shown(board.totals.inside_80, 0, language)} / ${shown(board.totals.scored, 0, language)}`],
                [t("simulate.model"), board.model_version],
              ]}
            />
            <SelectField label={t("studies.role")} value={role} empty={t("evidence.all")} options={ROLES} onChange={setRole} />
          </Panel>
          <div className="stack" style={{ marginTop: 16 }}>
            {board.studies
              .filter((row) => !role || row.role === role)
              .map((study) => (
                <details className="panel" key={study.study}>
                  <summary>
                    <strong lang="en">{study.title}</strong>{" "}
                    <span className="note">
                      {study.study}, {term(study.role)}
                    </span>
                  </summary>
                  <p className="note wrap" lang="en">
                    {study.sources.map((one) => one.citation).join("; ")}
                  </p>
                  <div className="scroll" tabIndex={0} role="region" aria-label={study.title}>
                    <table>
                      <thead>
                        <tr>
                          <th scope="col">{t("compare.outcome")}</th>
                          <th scope="col">{t("studies.when")}</th>
                          <th scope="col" className="number">
                            {t("studies.observed")}
                          </th>
                          <th scope="col">{t("studies.simulated_value")}</th>
                          <th scope="col">{t("studies.score")}</th>
                        </tr>
                      </thead>
                      <tbody>
                        {study.outcomes.map((row, at) => (
                          <Row key={at} row={row} />
                        ))}
                      </tbody>
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
