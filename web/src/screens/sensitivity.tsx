import { useMemo, type ReactNode } from "react";
import { useJob } from "../api/jobs";
import { Tornado } from "../charts/tornado";
import { useWords } from "../i18n";
import { JobLine } from "../parts/job";
import { Facts, Panel, ScreenFrame, Table } from "../parts/screen";
import { Message } from "../parts/severity";
import { planned } from "../state/draft";
import { shown } from "../state/quantity";
import { useStore } from "../state/store";

const SAMPLES = 64;
const SEED = 1;
const BARS = 12;

interface Sensitivity {
  outcome: string;
  unit: string;
  mean: number;
  sd: number;
  indices: { parameter: string; meaning: string; basis: string; S1: number | null; ST: number | null; ST_conf: number | null }[];
  by_basis: Record<string, number>;
  nobody_measured: { share: number };
}

export default function SensitivityScreen(): ReactNode {
  const { t, term, language } = useWords();
  const { state, meta } = useStore();
  const value = useMemo(() => planned(state.draft), [state.draft]);
  const job = useJob<Sensitivity>("sensitivity", JSON.stringify(value));
  const found = job.result;
  const rows = [...(found?.indices ?? [])].filter((row) => row.ST !== null).sort((a, b) => (b.ST ?? 0) - (a.ST ?? 0));
  return (
    <ScreenFrame title={t("step.sensitivity")} lead={t("sensitivity.lead")}>
      <div className="columns two">
        <div className="stack">
          <Panel title={t("sensitivity.ask_title")}>
            {!value && (
              <Message kind="info">
                <p>
                  {t("simulate.nothing")} <a href="#/sites">{t("step.sites")}</a>
                </p>
              </Message>
            )}
            <button
              type="button"
              className="main"
              disabled={!value}
              onClick={() => value && job.start({ kind: "sensitivity", case: value, options: { draws: SAMPLES, seed: SEED } })}
            >
              {t("sensitivity.ask")}
            </button>
            <JobLine job={job} />
          </Panel>
          {found && (
            <Panel title={t("sensitivity.answer")}>
              <Tornado
                note={t("sensitivity.note")}
                title={found.outcome.replace(/[_:]/g, " ").replace("@", ", ")}
                unit={t("sensitivity.share")}
                bars={rows.slice(0, BARS).map((row) => ({ name: row.meaning, basis: row.basis, low: 0, high: row.ST ?? 0 }))}
              />
              <details>
                <summary>{t("sensitivity.all", { count: rows.length })}</summary>
                <Table
                  caption={found.outcome}
                  heads={[t("chart.number"), t("check.basis"), "S1", "ST", "±"]}
                  numbers={[2, 3, 4]}
                  rows={rows.map((row) => [
                    row.meaning,
                    term(row.basis),
                    shown(row.S1, 3, language),
                    shown(row.ST, 3, language),
                    shown(row.ST_conf, 3, language),
                  ])}
                />
              </details>
            </Panel>
          )}
        </div>
        <div className="stack">
          {found && (
            <Panel title={t("sensitivity.basis")}>
              <Table
                caption={t("sensitivity.basis_caption")}
                heads={[t("check.basis"), t("sensitivity.share")]}
                numbers={[1]}
                rows={Object.entries(found.by_basis).map(([basis, share]) => [term(basis), `${shown(share * 100, 1, language)} %`])}
              />
              <Facts
                rows={[
                  [t("sensitivity.nobody"), `${shown(found.nobody_measured.share * 100, 0, language)} %`],
                  [t("sensitivity.mean"), shown(found.mean, 2, language)],
                  [t("sensitivity.sd"), shown(found.sd, 2, language)],
                ]}
              />
            </Panel>
          )}
          <Panel title={t("compare.read")}>
            <p>{meta.wording["simulation"]}</p>
          </Panel>
        </div>
      </div>
    </ScreenFrame>
  );
}
