// How well the answer is known, by the letter of the result document, and what the model is made of.
import { useState, type ReactNode } from "react";
import { api } from "../api/client";
import { useLive } from "../api/live";
import type { Driver, Known, Simulation } from "../api/types";
import { useWords } from "../i18n";
import { shown } from "../state/quantity";
import { useStore } from "../state/store";
import { Facts, Panel, Table } from "./screen";
import { Message } from "./severity";

interface Board {
  studies: unknown[];
  totals: { scored: number; inside_80: number };
}

/** Whether a row of the document is of the joint or muscle shown: "joint:elbow:left:extension" or "muscle:soleus:left". */
export function isOf(row: Partial<Pick<Driver, "joint" | "side" | "movement">> & { muscle?: string }, target: string): boolean {
  const [kind, name, side, movement] = target.split(":");
  return row.side === side && (kind === "joint" ? row.joint === name && row.movement === movement : row.muscle === name);
}

/** The evidence browser with these records alone. */
export function evidenceOf(ids: string[]): string {
  return `#/evidence?ids=${[...new Set(ids)].map(encodeURIComponent).join(",")}`;
}

export function HowKnown({ row }: { row: Known | undefined }): ReactNode {
  const { t, term, language } = useWords();
  const { meta } = useStore();
  if (!row) return null;
  const percent = (share: number | null): string => (share === null ? "–" : `${shown(share * 100, 0, language)} %`);
  return (
    <Panel title={t("known.title")}>
      <p className="grade">
        <strong>{row.letter ?? "–"}</strong>
        <span>{meta.known[row.letter ?? "none"]}</span>
      </p>
      {row.outside_model.length > 0 && (
        <Message kind="critical">
          <p>{t("known.outside", { what: row.outside_model.map(term).join(", ") })}</p>
        </Message>
      )}
      {row.share !== null && <p>{t("known.why", { share: percent(row.share) })}</p>}
      <Table
        caption={t("known.table")}
        heads={[t("chart.number"), t("check.basis"), t("known.swing"), t("known.counts")]}
        numbers={[2, 3]}
        rows={row.drivers.map((one) => [
          <span lang="en" key={one.parameter}>
            {one.meaning}
          </span>,
          one.narrowed > 0 ? t("known.narrowed", { basis: term(one.basis), by: percent(one.narrowed) }) : term(one.basis),
          shown(one.swing, 3, language),
          percent(one.counts),
        ])}
      />
      <p>
        <a className="button" href={evidenceOf(row.drivers.map((one) => one.parameter))}>
          {t("known.records")}
        </a>
      </p>
      <details>
        <summary>{t("known.rule")}</summary>
        <p>{t("known.rule_1")}</p>
        <p>{t("known.rule_2")}</p>
        <p>{t("known.rule_3")}</p>
      </details>
    </Panel>
  );
}

function Misses(): ReactNode {
  const { t } = useWords();
  const found = useLive("board", (signal) => api.get<Board>("/studies", signal));
  const board = found.data;
  return (
    <p>
      {board &&
        t("known.misses", {
          studies: board.studies.length,
          scored: board.totals.scored,
          missed: board.totals.scored - board.totals.inside_80,
        })}{" "}
      <a href="#/studies">{t("step.studies")}</a>
    </p>
  );
}

export function ModelCard({ sim }: { sim: Simulation }): ReactNode {
  const { t, term, language } = useWords();
  const { meta } = useStore();
  const [open, setOpen] = useState(false);
  const records = sim.evidence ?? [];
  const bases = [...new Set(records.map((row) => row.basis))].map((basis) => {
    const count = records.filter((row) => row.basis === basis).length;
    return `${term(basis)} ${count}`;
  });
  return (
    <Panel title={t("simulate.card")}>
      <p>{t("known.what")}</p>
      <Facts
        rows={[
          ["endplate", meta.version],
          [t("simulate.model"), sim.model_version],
          [t("simulate.seed"), String(sim.seed)],
          [t("simulate.draws"), shown(sim.draws, 0, language)],
          [t("known.data", { count: records.length }), bases.join(", ")],
        ]}
      />
      {sim.warnings.length > 0 && (
        <>
          <h3>{t("known.notes")}</h3>
          <ul lang="en">
            {sim.warnings.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </>
      )}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t("known.misses_title")}</summary>
        {open && <Misses />}
      </details>
      {sim.sources && (
        <details>
          <summary>{t("simulate.sources", { count: sim.sources.length })}</summary>
          <ul>
            {sim.sources.map((one) => (
              <li key={one.key}>
                {one.url ? (
                  <a href={one.url} target="_blank" rel="noreferrer noopener">
                    {one.citation}
                  </a>
                ) : (
                  one.citation
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}
