import { useMemo, useState, type ReactNode } from "react";
import { useJob } from "../api/jobs";
import type { Band, Curve } from "../api/types";
import { BandChart } from "../charts/bands";
import { useWords } from "../i18n";
import { SelectField } from "../parts/fields";
import { JobLine } from "../parts/job";
import { Optimise } from "../parts/optimise";
import { Others, useAside } from "../parts/others";
import { Panel, ScreenFrame, Table } from "../parts/screen";
import { Badge, Message } from "../parts/severity";
import { planned } from "../state/draft";
import { shown } from "../state/quantity";
import { useStore } from "../state/store";

const DRAWS = 400;
const SEED = 1;

type Course = Curve & { outcome: string; goal: Band };

interface Difference extends Curve {
  a: string;
  b: string;
  outcome: string;
  unit: string;
  t_d: number[];
  p_better: number[];
  goal: Band & { p_better: number };
}

interface Compared {
  indirect: boolean;
  t_d: number[];
  goal_weeks: [number, number];
  plans: { plan: string; product: string; total_U: number; status: string; critical: number; outcomes: Course[] }[];
  outcomes: { outcome: string; kind: string; place: string[]; unit: string; better: string; shown: boolean }[];
  differences: Difference[];
  variants: string[];
  outside_model: string[];
}

function useOutcomeWords(): (id: string) => string {
  const { term, name } = useWords();
  return (id) => {
    const [kind, ...place] = id.split(":");
    return [name(kind), place.map(term).join(", ")].filter(Boolean).join(": ");
  };
}

function Chances({ found }: { found: Compared }): ReactNode {
  const { t, language } = useWords();
  const { meta } = useStore();
  const words = useOutcomeWords();
  if (found.indirect)
    return (
      <Message kind="warning">
        <Badge kind="warning">{t("compare.indirect")}</Badge>
        <p>{meta.wording["indirect"]}</p>
      </Message>
    );
  const seen = new Set(found.outcomes.filter((row) => row.shown).map((row) => row.outcome));
  const rows = found.differences.filter((row) => seen.has(row.outcome));
  const table = (part: Difference[]): ReactNode => (
    <Table
      caption={t("compare.chances", { from: found.goal_weeks[0], to: found.goal_weeks[1] })}
      numbers={[2, 3]}
      heads={[t("compare.outcome"), t("compare.pair"), t("compare.difference"), t("compare.p_better")]}
      rows={part.map((row) => [
        words(row.outcome),
        `${row.a} − ${row.b}`,
        t("compare.range", {
          median: shown(row.goal.median, 2, language),
          low: shown(row.goal.p05, 2, language),
          high: shown(row.goal.p95, 2, language),
        }),
        `${shown(row.goal.p_better * 100, 0, language)} %`,
      ])}
    />
  );
  const ofMuscle = (row: Difference): boolean => row.outcome.startsWith("force:");
  return (
    <>
      {table(rows.filter((row) => !ofMuscle(row)))}
      <details>
        <summary>{t("compare.muscles")}</summary>
        {table(rows.filter(ofMuscle))}
      </details>
    </>
  );
}

function Overlaid({ found, outcome }: { found: Compared; outcome: string }): ReactNode {
  const { t } = useWords();
  const words = useOutcomeWords();
  const unit = found.outcomes.find((row) => row.outcome === outcome)?.unit ?? "";
  const series = found.plans.flatMap((plan) => {
    const curve = plan.outcomes.find((row) => row.outcome === outcome);
    return curve ? [{ name: plan.plan, t_d: found.t_d, curve }] : [];
  });
  const difference = found.differences.find((row) => row.outcome === outcome);
  const first = series.slice(0, 2);
  return (
    <>
      {found.indirect ? (
        series.map((one) => <BandChart key={one.name} title={`${one.name}: ${words(outcome)}`} unit={unit} series={[one]} />)
      ) : (
        <BandChart title={words(outcome)} unit={unit} series={first} />
      )}
      {difference && (
        <BandChart
          title={t("compare.difference_of", { a: difference.a, b: difference.b })}
          unit={unit}
          series={[{ name: `${difference.a} − ${difference.b}`, t_d: difference.t_d, curve: difference }]}
        />
      )}
    </>
  );
}

function Compare(): ReactNode {
  const { t, term, language } = useWords();
  const { state } = useStore();
  const [held, setHeld] = useAside();
  const [chosen, setChosen] = useState("");
  const value = useMemo(() => planned(state.draft), [state.draft]);
  const job = useJob<Compared>("compare", JSON.stringify([value, held]));
  const words = useOutcomeWords();
  const found = job.result;
  const outcomes = (found?.outcomes ?? []).filter((row) => row.shown).map((row) => row.outcome);
  const outcome = outcomes.includes(chosen) ? chosen : (outcomes[0] ?? "");
  return (
    <>
      <Panel title={t("compare.plans")}>
        <Others held={held} set={setHeld} />
        <button
          type="button"
          className="main"
          disabled={!value || held.length === 0}
          onClick={() =>
            value && job.start({ kind: "compare", case: value, cases: held.map((row) => row.case), options: { draws: DRAWS, seed: SEED } })
          }
        >
          {t("compare.ask")}
        </button>
        <JobLine job={job} />
      </Panel>
      {found && (
        <Panel title={t("compare.answer")}>
          <Table
            caption={t("compare.summary")}
            heads={[t("optimise.plan"), t("bar.product"), t("bar.total"), t("check.status"), t("severity.critical")]}
            numbers={[2, 4]}
            rows={found.plans.map((plan) => [
              plan.plan,
              term(plan.product),
              `${shown(plan.total_U, 1, language)} U`,
              term(plan.status),
              String(plan.critical),
            ])}
          />
          <Chances found={found} />
          <SelectField label={t("compare.outcome")} value={outcome} options={outcomes} words={words} onChange={setChosen} />
          <Overlaid found={found} outcome={outcome} />
          {found.variants.length > 0 && (
            <>
              <h3>{t("compare.variants")}</h3>
              <ul lang="en">
                {found.variants.map((one) => (
                  <li key={one}>{one}</li>
                ))}
              </ul>
            </>
          )}
        </Panel>
      )}
    </>
  );
}

export default function CompareScreen(): ReactNode {
  const { t } = useWords();
  const { meta } = useStore();
  return (
    <ScreenFrame title={t("compare.title")} lead={meta.wording["simulation"]}>
      <div className="columns half">
        <div className="stack">
          <Compare />
          <Panel title={t("compare.read")}>
            <ul>
              <li>{t("compare.read_1")}</li>
              <li>{t("compare.read_2")}</li>
              <li>{t("compare.read_3")}</li>
            </ul>
          </Panel>
        </div>
        <div className="stack">
          <Optimise />
        </div>
      </div>
    </ScreenFrame>
  );
}
