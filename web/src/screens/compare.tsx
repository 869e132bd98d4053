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
import { useKept } from "../state/kept";
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
  indirect: boolean;
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

/** The plans in groups of one product: only those are drawn over each other. */
export function byProduct<T extends { product: string }>(plans: T[]): T[][] {
  const products = [...new Set(plans.map((plan) => plan.product))];
  return products.map((product) => plans.filter((plan) => plan.product === product));
}

function Pairs({ rows, caption, outcome }: { rows: Difference[]; caption: string; outcome?: (id: string) => string }): ReactNode {
  const { t, language } = useWords();
  return (
    <Table
      caption={caption}
      numbers={outcome ? [2, 3] : [1, 2]}
      heads={[t("compare.pair"), ...(outcome ? [t("compare.outcome")] : []), t("compare.p_better"), t("compare.difference")]}
      rows={rows.map((row) => [
        <span key={row.a} style={{ whiteSpace: "nowrap" }}>
          {t("compare.against", { a: row.a, b: row.b })}
        </span>,
        ...(outcome ? [outcome(row.outcome)] : []),
        `${shown(row.goal.p_better * 100, 0, language)} %`,
        t("compare.range", {
          median: shown(row.goal.median, 2, language),
          low: shown(row.goal.p05, 2, language),
          high: shown(row.goal.p95, 2, language),
        }),
      ])}
    />
  );
}

function Overlaid({ found, outcome, names }: { found: Compared; outcome: string; names: Record<string, string> }): ReactNode {
  const { t, term } = useWords();
  const [chosen, setChosen] = useState("");
  const words = useOutcomeWords();
  const unit = found.outcomes.find((row) => row.outcome === outcome)?.unit ?? "";
  const groups = byProduct(found.plans);
  const pairs = found.differences.filter((row) => row.outcome === outcome && !row.indirect);
  const pair = pairs.find((row) => row.a + row.b === chosen) ?? pairs[0];
  const caption = t("compare.chances", { from: found.goal_weeks[0], to: found.goal_weeks[1] });
  return (
    <>
      {groups.map((plans) => (
        <BandChart
          key={plans[0]?.plan}
          title={groups.length > 1 ? `${term(plans[0]?.product)}: ${words(outcome)}` : words(outcome)}
          unit={unit}
          series={plans.flatMap((plan) => {
            const curve = plan.outcomes.find((row) => row.outcome === outcome);
            return curve ? [{ name: plan.plan, words: `${plan.plan}, ${names[plan.plan]}`, t_d: found.t_d, curve }] : [];
          })}
        />
      ))}
      {pairs.length > 0 && <Pairs rows={pairs} caption={`${words(outcome)}. ${caption}`} />}
      {pairs.length > 1 && (
        <SelectField
          label={t("compare.choose_pair")}
          value={pair ? pair.a + pair.b : ""}
          options={pairs.map((row) => row.a + row.b)}
          words={(id) => t("compare.against", { a: id[0] ?? "", b: id[1] ?? "" })}
          onChange={setChosen}
        />
      )}
      {pair && (
        <BandChart
          title={t("compare.difference_of", { a: pair.a, b: pair.b })}
          unit={unit}
          series={[{ name: `${pair.a} − ${pair.b}`, t_d: pair.t_d, curve: pair }]}
        />
      )}
      {pairs.length > 0 && (
        <details>
          <summary>{t("compare.every")}</summary>
          <Pairs rows={found.differences.filter((row) => !row.indirect)} caption={caption} outcome={words} />
        </details>
      )}
    </>
  );
}

function Compare(): ReactNode {
  const { t, term, language } = useWords();
  const { state, meta } = useStore();
  const [held, setHeld] = useAside();
  const [own, setOwn] = useKept("endplate.aside.a", t("compare.open"));
  const [chosen, setChosen] = useState("");
  const value = useMemo(() => planned(state.draft), [state.draft]);
  const job = useJob<Compared>("compare", JSON.stringify([value, held.map((row) => row.case)]));
  const words = useOutcomeWords();
  const found = job.result;
  const outcomes = (found?.outcomes ?? []).filter((row) => row.shown).map((row) => row.outcome);
  const names: Record<string, string> = Object.fromEntries((found?.plans ?? []).map((plan, at) => [plan.plan, [own, ...held.map((row) => row.name)][at] ?? ""]));
  const outcome = outcomes.includes(chosen) ? chosen : (outcomes[0] ?? "");
  return (
    <>
      <Panel title={t("compare.plans")}>
        <Others own={own} rename={setOwn} held={held} set={setHeld} />
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
              <span key={plan.plan}>
                {plan.plan} <span className="note">{names[plan.plan]}</span>
              </span>,
              term(plan.product),
              `${shown(plan.total_U, 1, language)} U`,
              term(plan.status),
              String(plan.critical),
            ])}
          />
          {found.indirect && (
            <Message kind="warning">
              <Badge kind="warning">{t("compare.indirect")}</Badge>
              <p>{meta.wording["indirect"]}</p>
            </Message>
          )}
          <SelectField label={t("compare.outcome")} value={outcome} options={outcomes} words={words} onChange={setChosen} />
          <Overlaid found={found} outcome={outcome} names={names} />
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
