import { useCallback, useMemo, useState, type ReactNode } from "react";
import { api } from "../api/client";
import { useJob } from "../api/jobs";
import { useLive } from "../api/live";
import type { JointRun, MuscleRun, Simulation } from "../api/types";
import { BandChart } from "../charts/bands";
import { Intervals } from "../charts/intervals";
import { Tornado } from "../charts/tornado";
import { capital, useWords } from "../i18n";
import { SelectField } from "../parts/fields";
import { JobLine } from "../parts/job";
import { HowKnown, isOf, ModelCard } from "../parts/known";
import { LimbView } from "../parts/limb";
import { Panel, ScreenFrame, Table } from "../parts/screen";
import { Badge, FaultMessage, Message } from "../parts/severity";
import { Timing } from "../parts/timing";
import { minor } from "../state/changes";
import { planned } from "../state/draft";
import { shown } from "../state/quantity";
import { useStore } from "../state/store";

const LIVE_DRAWS = 200;
const FULL_DRAWS = 1000;
const SEED = 1;
const HORIZONS = ["12", "26", "52"];
const WEEK_D = 7;
const FIRST_DAY = 28;
const BARS = 8;

const jointId = (row: JointRun): string => `joint:${row.joint}:${row.side}:${row.movement}`;
const muscleId = (row: MuscleRun): string => `muscle:${row.muscle}:${row.side}`;

function Joint({ row, sim, day }: { row: JointRun; sim: Simulation; day: number }): ReactNode {
  const { t, term } = useWords();
  const scales = Object.entries(row.scale_change ?? {});
  const horizon = sim.t_d.at(-1) ?? 0;
  return (
    <>
      {scales.map(([scale, curve]) => (
        <BandChart
          key={scale}
          title={t("simulate.change", { scale: term(scale), joint: term(row.joint), side: term(row.side) })}
          unit={t("unit.grades")}
          day={day}
          series={[{ name: t("simulate.plan"), t_d: sim.t_d, curve }]}
        />
      ))}
      {scales.length === 0 && <p className="note">{t("simulate.no_scale")}</p>}
      {row.strength && (
        <BandChart
          title={t("simulate.strength", { joint: term(row.joint) })}
          unit={t("unit.share")}
          domain={[0, 1]}
          day={day}
          series={[{ name: t("simulate.plan"), t_d: sim.t_d, curve: row.strength }]}
        />
      )}
      <Intervals times={row} horizon_d={horizon} />
    </>
  );
}

function Muscle({ row, sim, day }: { row: MuscleRun; sim: Simulation; day: number }): ReactNode {
  const { t, term } = useWords();
  return (
    <>
      <BandChart
        title={t("simulate.force", { muscle: term(row.muscle), side: term(row.side) })}
        unit={t("unit.share")}
        domain={[0, 1]}
        day={day}
        series={[{ name: t("simulate.plan"), t_d: sim.t_d, curve: row.force }]}
      />
      <Intervals times={row} horizon_d={sim.t_d.at(-1) ?? 0} />
    </>
  );
}

/** Force at a day as a tint: the less force is left, the darker. */
function useTint(sim: Simulation | null, day: number): (muscle: string) => string | undefined {
  return useCallback(
    (muscle) => {
      const found = [...(sim?.muscles ?? []), ...(sim?.neighbours ?? [])].find((row) => row.muscle === muscle);
      const index = sim?.t_d.findIndex((time) => time >= day) ?? -1;
      const force = found?.force.median[index];
      if (force === null || force === undefined) return undefined;
      const lost = Math.min(1, Math.max(0, 1 - force));
      return `color-mix(in srgb, #1f5f7e ${Math.round(lost * 100)}%, #f6ece6)`;
    },
    [sim, day],
  );
}

function DayLimb({ sim, day, setDay }: { sim: Simulation; day: number; setDay: (day: number) => void }): ReactNode {
  const { t, term, language } = useWords();
  const tint = useTint(sim, day);
  const index = sim.t_d.findIndex((time) => time >= day);
  const rows = [...sim.muscles, ...sim.neighbours];
  return (
    <Panel title={t("simulate.day_title")}>
      <label className="field">
        <span className="label">{t("simulate.day", { day, weeks: shown(day / WEEK_D, 1, language) })}</span>
        <input
          type="range"
          min={0}
          max={sim.t_d.at(-1) ?? 0}
          step={1}
          value={day}
          onChange={(event) => setDay(Number(event.target.value))}
        />
      </label>
      <LimbView compact tint={tint} />
      <p className="key" aria-hidden="true">
        <span>
          <i style={{ background: "linear-gradient(to right, #f6ece6, #1f5f7e)", width: 80 }} />
          {t("simulate.tint")}
        </span>
      </p>
      <Table
        caption={t("simulate.force_at", { day })}
        heads={[t("muscle"), t("side"), capital(t("chart.median")), "5–95 %"]}
        numbers={[2, 3]}
        rows={rows.map((row) => [
          term(row.muscle),
          term(row.side),
          `${shown((row.force.median[index] ?? 0) * 100, 0, language)} %`,
          `${shown((row.force.p05[index] ?? 0) * 100, 0, language)}–${shown((row.force.p95[index] ?? 0) * 100, 0, language)} %`,
        ])}
      />
    </Panel>
  );
}

function Neighbours({ sim }: { sim: Simulation }): ReactNode {
  const { t, term, language } = useWords();
  const least = (values: (number | null)[]): number => Math.min(1, ...values.filter((value): value is number => value !== null));
  if (sim.neighbours.length === 0) return null;
  return (
    <Panel title={t("simulate.neighbours")}>
      <p className="note">{t("simulate.neighbours_lead")}</p>
      <Table
        caption={t("simulate.neighbours_caption")}
        heads={[t("muscle"), t("side"), capital(t("chart.median")), "95 %"]}
        numbers={[2, 3]}
        rows={sim.neighbours.map((row) => [
          term(row.muscle),
          term(row.side),
          `${shown((1 - least(row.force.median)) * 100, 0, language)} %`,
          `${shown((1 - least(row.force.p05)) * 100, 0, language)} %`,
        ])}
      />
    </Panel>
  );
}

function Drivers({ sim, target }: { sim: Simulation; target: string }): ReactNode {
  const { t } = useWords();
  const rows = (sim.drivers ?? []).filter((row) => isOf(row, target));
  const bars = [...rows].sort((a, b) => b.swing - a.swing).slice(0, BARS);
  if (bars.length === 0) return null;
  return (
    <Panel title={t("simulate.drivers")}>
      <Tornado
        note={t("chart.tornado_note")}
        title={bars[0]?.outcome.replaceAll("_", " ") ?? ""}
        unit={t("unit.grades")}
        bars={bars.map((row) => ({ name: row.meaning, basis: row.basis, low: row.low, high: row.high }))}
      />
      <a className="button" href="#/sensitivity">{t("step.sensitivity")}</a>
    </Panel>
  );
}

export function SimulateScreen(): ReactNode {
  const { t, term } = useWords();
  const { state, meta } = useStore();
  const [horizon, setHorizon] = useState("26");
  const [day, setDay] = useState(FIRST_DAY);
  const [target, setTarget] = useState("");
  const value = useMemo(() => planned(state.draft), [state.draft]);
  const asked = value && { case: value, draws: LIVE_DRAWS, seed: SEED, horizon_wk: Number(horizon) };
  const key = asked && JSON.stringify(asked);
  const live = useLive(key, (signal) => api.curves(asked!, signal));
  const full = useJob<Simulation>("simulate", key);
  const sim = full.result ?? live.data;
  const targets = [...(sim?.joints ?? []).map(jointId), ...(sim?.muscles ?? []).map(muscleId)];
  const shownTarget = targets.includes(target) ? target : (targets[0] ?? "");
  const joint = sim?.joints.find((row) => jointId(row) === shownTarget);
  const muscle = sim?.muscles.find((row) => muscleId(row) === shownTarget);
  const words = (id: string): string => {
    const [kind, name, side, movement] = id.split(":");
    return `${t(`simulate.${kind}`)}: ${term(name)}, ${term(side)}${movement ? `, ${term(movement)}` : ""}`;
  };
  return (
    <ScreenFrame title={t("step.simulate")} lead={meta.wording["simulation"]}>
      {!value && (
        <Message kind="info">
          <p>
            {t("simulate.nothing")} <a href="#/sites">{t("step.sites")}</a>
          </p>
        </Message>
      )}
      <FaultMessage fault={live.error?.fault} />
      {live.busy && !live.data && <p role="status">{t("loading")}</p>}
      {sim && sim.outside_model.length > 0 && (
        <Message kind="critical">
          <Badge kind="critical">{t("simulate.outside")}</Badge>
          <ul>
            {sim.outside_model.map((one) => (
              <li key={one}>{term(one)}</li>
            ))}
          </ul>
        </Message>
      )}
      {sim && (
        <div className="columns">
          <div className="stack">
            <Panel title={t("simulate.show")}>
              <div className="fields">
                <SelectField label={t("simulate.target")} value={shownTarget} options={targets} words={words} onChange={setTarget} />
                <SelectField
                  label={t("simulate.horizon")}
                  value={horizon}
                  options={HORIZONS}
                  words={(weeks) => t("weeks", { weeks })}
                  onChange={setHorizon}
                />
              </div>
              <p className="note" role="status">
                {t("simulate.copies", { draws: sim.draws })}
              </p>
              {sim.draws < FULL_DRAWS && value && (
                <button
                  type="button"
                  onClick={() => {
                    full.start({ kind: "simulate", case: value, options: { draws: FULL_DRAWS, seed: SEED, horizon_wk: Number(horizon) } });
                  }}
                >
                  {t("simulate.full", { draws: FULL_DRAWS })}
                </button>
              )}
              <JobLine job={full} />
            </Panel>
            <DayLimb sim={sim} day={Math.min(day, sim.t_d.at(-1) ?? day)} setDay={setDay} />
          </div>
          <div className="stack">
            <Panel title={words(shownTarget)}>
              {joint && <Joint row={joint} sim={sim} day={day} />}
              {muscle && <Muscle row={muscle} sim={sim} day={day} />}
              <p className="note">{meta.wording["simulation"]}</p>
            </Panel>
            <HowKnown row={sim.known?.find((row) => isOf(row, shownTarget))} />
          </div>
          <div className="stack">
            <Neighbours sim={sim} />
            {joint && <Drivers sim={sim} target={shownTarget} />}
            {minor(state.draft) && <Timing sim={sim} />}
            <ModelCard sim={sim} />
          </div>
        </div>
      )}
    </ScreenFrame>
  );
}
