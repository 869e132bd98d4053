// The search: what to reach, within which limits, and what it found beside the user's own plan. It fills in nothing.
import { useMemo, useState, type ReactNode } from "react";
import { useJob } from "../api/jobs";
import type { Band, Source } from "../api/types";
import { Scatter } from "../charts/scatter";
import { useWords } from "../i18n";
import { minor } from "../state/changes";
import { planned } from "../state/draft";
import { plainNumber, shown } from "../state/quantity";
import { useStore } from "../state/store";
import { Field } from "./fields";
import { JobLine } from "./job";
import { Panel, Table } from "./screen";
import { Badge, Message, SourceLine } from "./severity";

const DRAWS = 100;
const FRONT = 4;
const WEEKS = [4, 12];
const SEED = 1;

interface Found {
  injections: { muscle: string; side: string; dose_U: number; sites: number | null }[];
  total_U: number;
  volume_mL: number | null;
  punctures: number | null;
  goal_probability: number | null;
  targets: { joint: string; side: string; movement: string; improve_by: number; probability: number; by_biology: number[] }[];
  unwanted: Band;
  critical: number;
  status: string;
  next: { earliest_by_limits: string | null } | null;
  certificate: { says: string } | null;
}

interface Optimised {
  feasible: boolean;
  plans: Found[];
  own: Found | null;
  closest: Found | null;
  binding: {
    what: string;
    name: string;
    value: number | null;
    limit: number | null;
    unit: string | null;
    verified: boolean | null;
    source: Source | null;
  }[];
  biologies: Record<string, unknown>[];
  warnings?: string[];
}

const LIMITS = ["total", "volume", "punctures", "vials", "waste"] as const;
const UNITS: Record<(typeof LIMITS)[number], string> = { total: "U", volume: "mL", punctures: "", vials: "", waste: "U" };

interface Wanted {
  improve: Record<number, string>;
  weight: Record<number, string>;
  limits: Partial<Record<(typeof LIMITS)[number], string>>;
}

/** The goals document of what was asked; null where it asks nothing. */
function useGoals(wanted: Wanted): Record<string, unknown> | null {
  const { draft } = useStore().state;
  const targets = draft.assessment.flatMap((row, at) => {
    const by = plainNumber(wanted.improve[at] ?? "1");
    if (!by || Number(by) === 0 || !row.joint) return [];
    const weight = plainNumber(wanted.weight[at] ?? "1");
    return [
      { joint: row.joint, side: row.side, movement: row.movement, improve_by: Number(by), weeks: WEEKS, weight: Number(weight ?? "1") },
    ];
  });
  const limits = Object.fromEntries(
    LIMITS.flatMap((key) => {
      const held = plainNumber(wanted.limits[key] ?? "");
      return held === null ? [] : [[key, UNITS[key] ? `${held} ${UNITS[key]}` : Number(held)]];
    }),
  );
  if (targets.length === 0 || !draft.plan.product) return null;
  return { endplate: 1, product: draft.plan.product, targets, ...(Object.keys(limits).length > 0 ? { limits } : {}) };
}

function Asked({ wanted, set }: { wanted: Wanted; set: (next: Wanted) => void }): ReactNode {
  const { t, term } = useWords();
  const { draft } = useStore().state;
  return (
    <>
      {draft.assessment.map((row, at) => (
        <fieldset className="group" key={at}>
          <legend>
            {term(row.joint)}, {term(row.side)}, {term(row.movement)}
          </legend>
          <Field label={t("optimise.improve", { grades: wanted.improve[at] ?? "1" })}>
            {(tied) => (
              <input
                {...tied}
                type="range"
                min={0}
                max={3}
                step={0.5}
                value={wanted.improve[at] ?? "1"}
                onChange={(event) => set({ ...wanted, improve: { ...wanted.improve, [at]: event.target.value } })}
              />
            )}
          </Field>
          <Field label={t("optimise.weight", { weight: wanted.weight[at] ?? "1" })}>
            {(tied) => (
              <input
                {...tied}
                type="range"
                min={0}
                max={5}
                step={0.5}
                value={wanted.weight[at] ?? "1"}
                onChange={(event) => set({ ...wanted, weight: { ...wanted.weight, [at]: event.target.value } })}
              />
            )}
          </Field>
        </fieldset>
      ))}
      <fieldset>
        <legend>{t("optimise.limits")}</legend>
        <div className="fields">
          {LIMITS.map((key) => (
            <Field key={key} label={`${t(`optimise.${key}`)}${UNITS[key] ? `, ${UNITS[key]}` : ""}`}>
              {(tied) => (
                <input
                  {...tied}
                  type="text"
                  inputMode="decimal"
                  value={wanted.limits[key] ?? ""}
                  onChange={(event) => set({ ...wanted, limits: { ...wanted.limits, [key]: event.target.value } })}
                />
              )}
            </Field>
          ))}
        </div>
      </fieldset>
    </>
  );
}

const HALF = 0.5;

export type Verdict = "none" | "unreached" | "rare" | "best";

/** What may be said above the plans: none found, none that ever reaches the targets, or the best of those searched. */
export function verdict(found: Pick<Optimised, "feasible"> & { plans: Pick<Found, "goal_probability">[] }): Verdict {
  if (!found.feasible) return "none";
  const chance = Math.max(0, ...found.plans.map((plan) => plan.goal_probability ?? 0));
  if (chance === 0) return "unreached";
  return chance < HALF ? "rare" : "best";
}

/** The answer in a sentence, with the chance of reaching the targets beside it, and no praise where there is none. */
function Verdictline({ found, percent }: { found: Optimised; percent: (value: number | null) => string }): ReactNode {
  const { t } = useWords();
  const { meta } = useStore();
  const said = verdict(found);
  const best = found.plans.reduce((most, plan) => Math.max(most, plan.goal_probability ?? 0), 0);
  const own = found.own?.goal_probability ?? null;
  if (said === "none")
    return (
      <Message kind="critical">
        <Badge kind="critical">{t("optimise.none")}</Badge>
        <p>{found.binding.length > 0 ? t("optimise.none_lead") : t("optimise.none_unbound")}</p>
        <Binding rows={found.binding} />
        {found.closest && <p>{t("optimise.closest", { chance: percent(found.closest.goal_probability) })}</p>}
      </Message>
    );
  return (
    <Message kind={said === "best" ? "info" : "warning"}>
      {said !== "best" && <Badge kind="warning">{t(`optimise.${said}`)}</Badge>}
      {said !== "unreached" && <p>{meta.wording["optimiser"]}</p>}
      <p>
        {t("optimise.chance", { best: percent(best) })} {own !== null && t("optimise.chance_own", { own: percent(own) })}
      </p>
    </Message>
  );
}

function Binding({ rows }: { rows: Optimised["binding"] }): ReactNode {
  const { t, language } = useWords();
  return (
    <ul>
      {rows.map((row, at) => (
        <li key={at}>
          <span lang="en">{row.what || row.name.replaceAll("_", " ")}</span>
          {row.value !== null && row.limit !== null && `: ${shown(row.value, 2, language)} / ${shown(row.limit, 2, language)} ${row.unit ?? ""}`}
          .{" "}
          <span className="note">
            <SourceLine source={row.source} />
            {row.verified === false && `, ${t("check.unverified")}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Answer({ found }: { found: Optimised }): ReactNode {
  const { t, term, language } = useWords();
  const rows: [string, Found][] = [
    ...(found.own ? [["A", found.own] as [string, Found]] : []),
    ...found.plans.map((plan, at): [string, Found] => [`B${at + 1}`, plan]),
  ];
  const percent = (value: number | null): string => (value === null ? "–" : `${shown(value * 100, 0, language)} %`);
  return (
    <>
      <Verdictline found={found} percent={percent} />
      {rows.length > 0 && (
        <>
          <Scatter
            title={t("optimise.pareto")}
            xUnit={t("optimise.units")}
            yUnit={t("optimise.reached")}
            points={rows.map(([name, plan]) => ({ name, x: plan.total_U, y: plan.goal_probability ?? 0, own: name === "A" }))}
          />
          <Table
            caption={t("optimise.table")}
            numbers={[1, 2, 3, 4, 5]}
            heads={[
              t("optimise.plan"),
              t("bar.total"),
              "mL",
              t("optimise.punctures"),
              t("optimise.reached"),
              t("optimise.unwanted"),
              t("check.status"),
            ]}
            rows={rows.map(([name, plan]) => [
              name,
              `${shown(plan.total_U, 1, language)} U`,
              shown(plan.volume_mL, 2, language),
              shown(plan.punctures, 0, language),
              percent(plan.goal_probability),
              percent(plan.unwanted.median),
              term(plan.status),
            ])}
          />
          {rows.slice(1).map(([name, plan]) => (
            <details key={name}>
              <summary>{t("optimise.what", { plan: name })}</summary>
              <ul>
                {plan.injections.map((row) => (
                  <li key={row.muscle + row.side}>
                    {term(row.muscle)}, {term(row.side)}: {shown(row.dose_U, 1, language)} U
                    {row.sites ? `, ${t("optimise.sites", { sites: row.sites })}` : ""}
                  </li>
                ))}
              </ul>
              {plan.certificate && (
                <p className="note" lang="en">
                  {plan.certificate.says}
                </p>
              )}
            </details>
          ))}
          <p className="note">{t("optimise.never")}</p>
        </>
      )}
      {found.feasible && (
        <>
          <h3>{t("optimise.binding")}</h3>
          {found.binding.length > 0 ? <Binding rows={found.binding} /> : <p>{t("optimise.unbound")}</p>}
        </>
      )}
    </>
  );
}

export function Optimise(): ReactNode {
  const { t } = useWords();
  const { state, check } = useStore();
  const [wanted, setWanted] = useState<Wanted>({ improve: {}, weight: {}, limits: {} });
  const value = useMemo(() => planned(state.draft), [state.draft]);
  const goals = useGoals(wanted);
  const job = useJob<Optimised>("optimise", JSON.stringify([value, goals]));
  const child = minor(state.draft);
  const blocked = child ? t("optimise.child") : check.data?.worst === "critical" ? t("optimise.critical") : "";
  return (
    <Panel title={t("optimise.title")}>
      <p className="note">{t("optimise.lead")}</p>
      <Asked wanted={wanted} set={setWanted} />
      {blocked && (
        <Message kind="critical">
          <Badge kind="critical">{t("optimise.blocked")}</Badge>
          <p>{blocked}</p>
        </Message>
      )}
      <button
        type="button"
        className="main"
        disabled={!value || !goals || blocked !== ""}
        onClick={() =>
          value && goals && job.start({ kind: "optimise", case: value, goals, options: { draws: DRAWS, seed: SEED, front: FRONT } })
        }
      >
        {t("optimise.ask")}
      </button>
      <JobLine job={job} />
      {job.result && <Answer found={job.result} />}
    </Panel>
  );
}
