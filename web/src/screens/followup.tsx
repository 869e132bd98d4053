import { useMemo, type ReactNode } from "react";
import { useJob } from "../api/jobs";
import { useHeldCycle, type HeldCycle } from "../api/persons";
import type { Band, Curve, JointRun, NextSession, Visit } from "../api/types";
import { BandChart, type Seen } from "../charts/bands";
import { capital, useWords } from "../i18n";
import { WhyNot } from "../parts/explained";
import { DateField, SelectField, TextField } from "../parts/fields";
import { Given } from "../parts/given";
import { JobLine } from "../parts/job";
import { Panel, ScreenFrame } from "../parts/screen";
import { Badge, FaultMessage, Message } from "../parts/severity";
import { VisitKept } from "../parts/visitkept";
import { addRow, removeRow, setRow } from "../state/changes";
import { planned } from "../state/draft";
import { amount, shown } from "../state/quantity";
import { useStore, useStored } from "../state/store";

const DRAWS = 500;
const SEED = 1;
const DAY_MS = 86_400_000;
const WEEK_D = 7;
const USUAL_WEEKS = [2, 4, 6, 12];
const SIDES = ["left", "right", "bilateral"];

interface Learnt {
  meaning: string;
  unit: string;
  prior: Band | null;
  posterior: Band | null;
  learnt: number;
  taught: "nothing" | "little" | "much";
}

export interface Individual {
  posterior: Record<string, Learnt>;
  diagnostics: { holds: boolean; ess: number | null; method: string };
  visits: { where: string; day: number; kind: string; told: string }[];
  not_used: unknown[];
  forecast: { t_d: number[]; from_d: number; joints: JointRun[] };
  next: NextSession & {
    modelled_re_emergence_d: Band | Record<string, Band> | null;
  };
  warnings: string[];
  outside_model: string[];
}

function Visits({ cycle }: { cycle: HeldCycle | null }): ReactNode {
  const { t, term } = useWords();
  const { state, change, meta } = useStore();
  const words = meta.vocabulary;
  const { assessment, plan } = state.draft;
  const first = assessment[0];
  const add = (date: string): void =>
    change(
      addRow("visits", {
        date,
        measure: "scale",
        joint: first?.joint ?? "",
        side: first?.side ?? "",
        movement: first?.movement ?? "",
        scale: first?.scale ?? "modified_ashworth",
        value: "",
      }),
    );
  const on = (weeks: number): string => new Date(Date.parse(plan.date) + weeks * WEEK_D * DAY_MS).toISOString().slice(0, 10);
  const set = (at: number, part: Partial<Visit>, field?: string): void =>
    change(setRow("visits", at, part), field && `visits.${at}.${field}`);
  return (
    <Panel title={t("followup.visits")}>
      <p className="note">{t("followup.suggest")}</p>
      <div className="row">
        {plan.date &&
          USUAL_WEEKS.map((weeks) => (
            <button type="button" key={weeks} onClick={() => add(on(weeks))}>
              {t("followup.add_week", { weeks, date: on(weeks) })}
            </button>
          ))}
        <button type="button" onClick={() => add("")}>
          {t("followup.add")}
        </button>
      </div>
      {state.draft.visits.map((row, at) => {
        const place = row.measure === "scale" || row.measure === "strength";
        return (
          <div key={at}>
            <details className="group" style={{ marginTop: 12 }} open={!row.value && !row.tardieu ? true : undefined}>
              <summary>
                {t("followup.visit", { number: at + 1 })}
                {row.date && `, ${row.date}`}: {row.measure === "scale" ? term(row.joint) : term(row.measure)}{" "}
                <strong>{row.value ?? ""}</strong>
              </summary>
              <div className="fields">
                <DateField path={`visits[${at}].date`} label={t("date")} value={row.date} onChange={(date) => set(at, { date }, "date")} />
                <SelectField
                  path={`visits[${at}].measure`}
                  label={t("followup.measure")}
                  value={row.measure}
                  options={words.visit_measures ?? ["scale"]}
                  words={(id) => (id === "scale" ? t("scale") : term(id))}
                  onChange={(measure) =>
                    set(
                      at,
                      measure === "scale" || measure === "strength"
                        ? { measure, value: "" }
                        : { measure, value: "", joint: null, side: null, movement: null, scale: null, tardieu: null },
                    )
                  }
                />
                {place && (
                  <SelectField
                    path={`visits[${at}].joint`}
                    label={t("joint")}
                    value={row.joint ?? ""}
                    empty={t("choose")}
                    options={words.joints.map((one) => one.id)}
                    onChange={(joint) => set(at, { joint, movement: words.joints.find((one) => one.id === joint)?.movements[0] ?? "" })}
                  />
                )}
                {place && (
                  <SelectField
                    path={`visits[${at}].movement`}
                    label={t("movement")}
                    value={row.movement ?? ""}
                    empty={t("not_stated")}
                    options={words.joints.find((one) => one.id === row.joint)?.movements ?? []}
                    onChange={(movement) => set(at, { movement })}
                  />
                )}
                {place && (
                  <SelectField
                    path={`visits[${at}].side`}
                    label={t("side")}
                    value={row.side ?? ""}
                    empty={t("choose")}
                    options={SIDES}
                    onChange={(side) => set(at, { side })}
                  />
                )}
                {row.measure === "scale" && (
                  <SelectField
                    path={`visits[${at}].scale`}
                    label={t("scale")}
                    value={row.scale ?? ""}
                    empty={t("choose")}
                    options={words.scales.filter((one) => one.grades.length > 0).map((one) => one.id)}
                    onChange={(scale) => set(at, { scale, value: "" })}
                  />
                )}
                {row.measure === "scale" ? (
                  <SelectField
                    path={`visits[${at}].value`}
                    label={t("grade")}
                    value={row.value ?? ""}
                    empty={t("choose")}
                    options={words.scales.find((one) => one.id === row.scale)?.grades ?? []}
                    words={(id) => id}
                    onChange={(value) => set(at, { value })}
                  />
                ) : (
                  <TextField
                    path={`visits[${at}].value`}
                    label={t("followup.value")}
                    hint={t("followup.value_hint")}
                    value={row.value ?? ""}
                    onChange={(value) => set(at, { value }, "value")}
                  />
                )}
              </div>
              <button type="button" className="quiet" onClick={() => change(removeRow("visits", at))}>
                {t("remove_visit", { number: at + 1 })}
              </button>
            </details>
            <VisitKept row={row} number={at + 1} cycle={cycle} />
          </div>
        );
      })}
    </Panel>
  );
}

/** Grades found at visits as points of a chart: "1+" lies half way between 1 and 2. */
function seenOf(visits: Visit[], joint: JointRun, scale: string, start: string): Seen[] {
  return visits
    .filter(
      (row) =>
        row.measure === "scale" &&
        row.joint === joint.joint &&
        row.side === joint.side &&
        (!row.movement || row.movement === joint.movement) &&
        row.scale === scale,
    )
    .flatMap((row) => {
      const grade = amount((row.value ?? "").replace("+", ".5"));
      const t_d = (Date.parse(row.date) - Date.parse(start)) / DAY_MS;
      return grade === null || t_d < 0 ? [] : [{ t_d, value: grade, label: `${row.date}: ${row.value ?? ""}` }];
    });
}

function Forecast({ found }: { found: Individual }): ReactNode {
  const { t, term } = useWords();
  const { state } = useStore();
  return (
    <>
      {found.forecast.joints.map((joint) =>
        Object.entries(joint.expected_score ?? {}).map(([scale, curve]) => {
          const before: Curve | undefined = joint.prior?.expected_score?.[scale];
          const series = [
            { name: t("followup.updated"), t_d: found.forecast.t_d, curve },
            ...(before ? [{ name: t("followup.prior"), t_d: found.forecast.t_d, curve: before }] : []),
          ];
          return (
            <BandChart
              key={`${joint.joint}${scale}`}
              title={`${term(scale)}, ${term(joint.joint)} (${term(joint.side)})`}
              unit={t("unit.grade")}
              series={series}
              seen={seenOf(state.draft.visits, joint, scale, state.draft.plan.date)}
              day={found.forecast.from_d}
            />
          );
        }),
      )}
      <p className="note">{t("followup.key")}</p>
    </>
  );
}

function Changed({ found }: { found: Individual }): ReactNode {
  const { t, term, language } = useWords();
  const named = (key: string, row: Learnt): string => {
    const [kind, joint, side, movement] = key.split(":");
    const words = t(`learnt.${kind ?? key}`);
    const known = words.startsWith("learnt.") ? row.meaning : words;
    return joint ? `${known}, ${term(joint)} ${term(movement)} (${term(side)})` : known;
  };
  const say = (band: Band | null): string =>
    band
      ? t("compare.range", {
          median: shown(band.median, 2, language),
          low: shown(band.p05, 2, language),
          high: shown(band.p95, 2, language),
        })
      : "–";
  return (
    <Panel title={t("followup.changed")}>
      {!found.diagnostics.holds && (
        <Message kind="warning">
          <Badge kind="warning">{t("followup.not_hold")}</Badge>
        </Message>
      )}
      <p className="note">{t("followup.changed_caption")}</p>
      <ul className="plain">
        {Object.entries(found.posterior).map(([key, row]) => (
          <li key={key}>
            <strong>{capital(named(key, row))}</strong> <span className="note">{row.unit !== "1" && row.unit}</span>
            <br />
            {say(row.prior)} → {say(row.posterior)}
            <br />
            <span className="note">{t(`followup.taught.${row.taught}`, { share: shown(row.learnt * 100, 0, language) })}</span>
          </li>
        ))}
      </ul>
      {found.warnings.length > 0 && (
        <ul lang="en">
          {found.warnings.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

export default function FollowupScreen(): ReactNode {
  const { t } = useWords();
  const { state, meta } = useStore();
  const value = useMemo(() => planned(state.draft), [state.draft]);
  const job = useJob<Individual>("individualise", JSON.stringify(value));
  const { cycle, fault } = useHeldCycle(useStored());
  return (
    <ScreenFrame title={t("step.followup")} lead={t("followup.lead")}>
      <div className="columns">
        <div className="stack">
          <Visits cycle={cycle} />
        </div>
        <div className="stack">
          <FaultMessage fault={fault} />
          <Given cycle={cycle} />
          <Panel title={t("followup.forecast")}>
            <div className="row">
              <button
                type="button"
                className="main"
                disabled={!value || !value.visits?.length}
                onClick={() => value && job.start({ kind: "individualise", case: value, options: { draws: DRAWS, seed: SEED } })}
              >
                {t("followup.ask")}
              </button>
            </div>
            {!value?.visits?.length && <p className="note">{t("followup.nothing")}</p>}
            <JobLine job={job} />
            {job.result && <Forecast found={job.result} />}
            <p className="note">{meta.wording["simulation"]}</p>
          </Panel>
          {job.result && <WhyNot value={value} draws={DRAWS} seed={SEED} />}
        </div>
        <div className="stack">
          {job.result && <Changed found={job.result} />}
          <Panel title={t("step.next")}>
            <p>{t("next.lead")}</p>
            <a className="button" href="#/next">
              {t("step.next")}
            </a>
          </Panel>
        </div>
      </div>
    </ScreenFrame>
  );
}
