// A course over weeks: median with 50 % and 90 % bands, one or two of them, as selectable SVG with its values below.
import { useId, type ReactNode } from "react";
import type { Curve } from "../api/types";
import { capital, useWords } from "../i18n";
import { Table } from "../parts/screen";
import { shown } from "../state/quantity";
import { between, extent, line, linear, ticks } from "./scale";

const WIDTH = 540;
const HEIGHT = 300;
const LEFT = 62;
const RIGHT = 18;
const TOP = 14;
const FOOT = 46;
const WEEK_D = 7;
const ROWS = 9;

export interface Series {
  name: string;
  t_d: number[];
  curve: Curve;
}

export interface Seen {
  t_d: number;
  value: number;
  label: string;
}

interface Props {
  title: string;
  unit: string;
  series: Series[];
  /** Bounds of the value axis; taken from the curves where not given. */
  domain?: [number, number] | undefined;
  /** A day marked by a line. */
  day?: number | undefined;
  seen?: Seen[] | undefined;
  digits?: number | undefined;
}

function Axes({
  x,
  y,
  xs,
  ys,
  unit,
  digits,
}: {
  x: (v: number) => number;
  y: (v: number) => number;
  xs: number[];
  ys: number[];
  unit: string;
  digits: number;
}): ReactNode {
  const { t, language } = useWords();
  return (
    <g>
      {ys.map((value) => (
        <g key={value}>
          <line className="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(value)} y2={y(value)} />
          <text x={LEFT - 8} y={y(value) + 4} textAnchor="end">
            {shown(value, digits, language)}
          </text>
        </g>
      ))}
      {xs.map((week) => (
        <g key={week}>
          <line className="axis" x1={x(week)} x2={x(week)} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT + 5} />
          <text x={x(week)} y={HEIGHT - FOOT + 20} textAnchor="middle">
            {shown(week, 1, language)}
          </text>
        </g>
      ))}
      <line className="axis" x1={LEFT} x2={WIDTH - RIGHT} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT} />
      <text className="strong" x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 6} textAnchor="middle">
        {t("chart.weeks")}
      </text>
      <text className="strong" transform={`translate(16 ${(TOP + HEIGHT - FOOT) / 2}) rotate(-90)`} textAnchor="middle">
        {unit}
      </text>
    </g>
  );
}

function Values({ title, series, digits }: { title: string; series: Series[]; digits: number }): ReactNode {
  const { t, language } = useWords();
  const first = series[0];
  if (!first) return null;
  const last = first.t_d.length - 1;
  const picked = [...new Set(Array.from({ length: ROWS + 1 }, (_, at) => Math.round((last * at) / ROWS)))];
  const rows = series.flatMap((one) =>
    picked.map((at) => [
      series.length > 1
        ? `${one.name}, ${shown((one.t_d[at] ?? 0) / WEEK_D, 1, language)}`
        : shown((one.t_d[at] ?? 0) / WEEK_D, 1, language),
      ...(["p05", "p25", "median", "p75", "p95"] as const).map((key) => shown(one.curve[key][at], digits, language)),
    ]),
  );
  return (
    <details>
      <summary>{t("chart.values")}</summary>
      <Table
        caption={title}
        heads={[t("chart.week"), "5 %", "25 %", capital(t("chart.median")), "75 %", "95 %"]}
        rows={rows}
        numbers={[1, 2, 3, 4, 5]}
      />
    </details>
  );
}

export function Key({ second }: { second?: string[] | undefined }): ReactNode {
  const { t } = useWords();
  return (
    <p className="key" aria-hidden="true">
      <span>
        <i className="median" />
        {second?.[0] ? `${second[0]}: ` : ""}
        {t("chart.median")}
      </span>
      {second?.[1] && (
        <span>
          <i className="second" />
          {second[1]}: {t("chart.median")}
        </span>
      )}
      <span>
        <i className="inner" />
        {t("chart.band50")}
      </span>
      <span>
        <i className="outer" />
        {t("chart.band90")}
      </span>
    </p>
  );
}

export function BandChart({ title, unit, series, domain, day, seen = [], digits = 2 }: Props): ReactNode {
  const { t, language } = useWords();
  const id = useId();
  const last = Math.max(1, ...series.flatMap((one) => one.t_d)) / WEEK_D;
  const [low, high] = domain ?? extent([...series.flatMap((one) => [one.curve.p05, one.curve.p95]), seen.map((one) => one.value)], true);
  const x = linear([0, last], [LEFT, WIDTH - RIGHT]);
  const y = linear([low, high], [HEIGHT - FOOT, TOP]);
  const said = series.map((one) => {
    const start = one.curve.median[0] ?? 0;
    const away = (value: number | null | undefined): number => Math.abs((value ?? start) - start);
    const at = one.curve.median.reduce<number>((best, value, index) => (away(value) > away(one.curve.median[best]) ? index : best), 0);
    return t("chart.summary", {
      name: one.name,
      value: shown(one.curve.median[at], digits, language),
      low: shown(one.curve.p05[at], digits, language),
      high: shown(one.curve.p95[at], digits, language),
      week: shown((one.t_d[at] ?? 0) / WEEK_D, 1, language),
      unit,
    });
  });
  return (
    <figure>
      <figcaption id={id}>{title}</figcaption>
      <svg className="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={id} aria-describedby={`${id}-said`}>
        <Axes x={x} y={y} xs={ticks(0, last, 7)} ys={ticks(low, high, 5)} unit={unit} digits={digits} />
        {series.map((one, at) => {
          const xs = one.t_d.map((time) => time / WEEK_D);
          return (
            <g key={one.name} className={at === 1 ? "b" : "a"}>
              <path className="outer" d={between(xs, one.curve.p05, one.curve.p95, x, y)} />
              <path className="inner" d={between(xs, one.curve.p25, one.curve.p75, x, y)} />
            </g>
          );
        })}
        {series.map((one, at) => (
          <g key={one.name} className={at === 1 ? "b" : "a"}>
            <path
              className="median"
              d={line(
                one.t_d.map((time) => time / WEEK_D),
                one.curve.median,
                x,
                y,
              )}
            />
          </g>
        ))}
        {low < 0 && high > 0 && <line className="axis" x1={LEFT} x2={WIDTH - RIGHT} y1={y(0)} y2={y(0)} />}
        {day !== undefined && (
          <g>
            <line className="day" x1={x(day / WEEK_D)} x2={x(day / WEEK_D)} y1={TOP} y2={HEIGHT - FOOT} />
          </g>
        )}
        {seen.map((one) => (
          <circle key={`${one.t_d}-${one.value}`} className="seen" cx={x(one.t_d / WEEK_D)} cy={y(one.value)} r={6}>
            <title>{one.label}</title>
          </circle>
        ))}
      </svg>
      <p className="hidden" id={`${id}-said`}>
        {said.join(" ")}
      </p>
      <Key second={series.length > 1 ? series.map((one) => one.name) : undefined} />
      <Values title={title} series={series} digits={digits} />
    </figure>
  );
}
