// Courses over weeks or years: medians with their bands, up to four beside each other, as selectable SVG with values below.
// Which is which is told by its dashes, its hatching and the name at its end; colour only helps.
import { useEffect, useId, useState, type ReactNode } from "react";
import type { Curve } from "../api/types";
import { capital, useWords } from "../i18n";
import { Table } from "../parts/screen";
import { shown } from "../state/quantity";
import { apart, between, extent, line, linear, ticks, type Scale } from "./scale";

const TOP = 14;
const FOOT = 46;
const EDGE = 18;
const LETTER = 7.6;
const LABEL_GAP = 15;
const WEEK_D = 7;
const ROWS = 9;
const CLASSES = ["a", "b", "c", "d"];
const HATCHES = [0, 45, -45, 90];
const NARROW = "(max-width: 560px)";

export interface Series {
  /** Short: it stands at the end of the median; series of the same name are named once. */
  name: string;
  /** The whole name, for the key and the table. */
  words?: string | undefined;
  /** Where the values stand: days after the plan, or what `across` says. */
  t_d: number[];
  curve: Curve;
  /** Bands are drawn unless this is a median alone, or the thin line of a reference. */
  as?: "line" | "reference" | undefined;
}

/** What the lower axis shows: its title, the head of its column, and how much of `t_d` is one of its units. */
interface Across {
  title: string;
  head: string;
  per: number;
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
  /** Weeks after the injection where not given. */
  across?: Across | undefined;
}

interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  x: Scale;
  y: Scale;
}

/** Whether the window is that of a telephone: the drawing is then smaller, so that its letters stay as large. */
export function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => window.matchMedia(NARROW).matches);
  useEffect(() => {
    const query = window.matchMedia(NARROW);
    const changed = (): void => setNarrow(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return narrow;
}

/** The letter of a series among those that are no reference: it sets colour, dashes and hatching. */
function classOf(series: Series[], at: number): string {
  if (series[at]?.as === "reference") return "ref";
  return CLASSES[series.slice(0, at).filter((one) => one.as !== "reference").length % CLASSES.length] ?? "a";
}

const once = (series: Series[]): Series[] => series.filter((one, at) => series.findIndex((other) => other.name === one.name) === at);

function Axes({ frame, xs, ys, unit, digits, title }: { frame: Frame; xs: number[]; ys: number[]; unit: string; digits: number; title: string }): ReactNode {
  const { language } = useWords();
  const { width, height, left, right, x, y } = frame;
  return (
    <g>
      {ys.map((value) => (
        <g key={value}>
          <line className="grid" x1={left} x2={width - right} y1={y(value)} y2={y(value)} />
          <text x={left - 8} y={y(value) + 4} textAnchor="end">
            {shown(value, digits, language)}
          </text>
        </g>
      ))}
      {xs.map((at) => (
        <g key={at}>
          <line className="axis" x1={x(at)} x2={x(at)} y1={height - FOOT} y2={height - FOOT + 5} />
          <text x={x(at)} y={height - FOOT + 20} textAnchor="middle">
            {shown(at, 1, language)}
          </text>
        </g>
      ))}
      <line className="axis" x1={left} x2={width - right} y1={height - FOOT} y2={height - FOOT} />
      <text className="strong" x={(left + width - right) / 2} y={height - 6} textAnchor="middle">
        {title}
      </text>
      <text className="strong" transform={`translate(14 ${(TOP + height - FOOT) / 2}) rotate(-90)`} textAnchor="middle">
        {unit}
      </text>
    </g>
  );
}

function Values({ title, series, digits, across }: { title: string; series: Series[]; digits: number; across: Across }): ReactNode {
  const { t, language } = useWords();
  const rows = series.flatMap((one) => {
    const last = one.t_d.length - 1;
    const picked = [...new Set(Array.from({ length: ROWS + 1 }, (_, at) => Math.round((last * at) / ROWS)))];
    return picked.map((at) => {
      const when = shown((one.t_d[at] ?? 0) / across.per, 1, language);
      return [
        series.length > 1 ? `${one.words ?? one.name}, ${when}` : when,
        ...(["p05", "p25", "median", "p75", "p95"] as const).map((key) => shown(one.curve[key][at], digits, language)),
      ];
    });
  });
  return (
    <details>
      <summary>{t("chart.values")}</summary>
      <Table
        caption={title}
        heads={[across.head, "5 %", "25 %", capital(t("chart.median")), "75 %", "95 %"]}
        rows={rows}
        numbers={[1, 2, 3, 4, 5]}
      />
    </details>
  );
}

function Key({ series, inner, hatched }: { series: Series[]; inner: boolean; hatched: boolean }): ReactNode {
  const { t } = useWords();
  const banded = series.some((one) => !one.as);
  return (
    <p className="key" aria-hidden="true">
      {once(series).map((one) => (
        <span key={one.name}>
          <svg className="chart sample" viewBox="0 0 34 12">
            <g className={classOf(series, series.indexOf(one))}>
              <path className="median" d="M1,6L33,6" />
            </g>
          </svg>
          {series.length > 1 ? `${one.as === "reference" ? one.name : (one.words ?? one.name)}: ` : ""}
          {t("chart.median")}
        </span>
      ))}
      {banded && inner && (
        <span>
          <i className="inner" />
          {t("chart.band50")}
        </span>
      )}
      {banded && (
        <span>
          <i className="outer" />
          {t(hatched ? "chart.band90_hatched" : "chart.band90")}
        </span>
      )}
    </p>
  );
}

/** Stripes of the bands, each plan's at its own angle. */
function Hatches({ id }: { id: string }): ReactNode {
  return (
    <defs>
      {CLASSES.map((name, at) => (
        <pattern key={name} id={`${id}${name}`} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform={`rotate(${HATCHES[at]})`}>
          <g className={name}>
            <line className="stripe" x1="0" x2="0" y1="0" y2="7" />
          </g>
        </pattern>
      ))}
    </defs>
  );
}

/** Names at the ends of their medians, moved apart where they would lie on each other. */
function Ends({ series: all, frame, across }: { series: Series[]; frame: Frame; across: Across }): ReactNode {
  const series = once(all);
  const ends = series.map((one) => one.curve.median.findLastIndex((value) => value !== null));
  const wanted = series.map((one, at) => frame.y(one.curve.median[ends[at] ?? 0] ?? 0));
  const places = apart(wanted, LABEL_GAP, TOP + 6, frame.height - FOOT - 4);
  return (
    <g>
      {series.map((one, at) => (
        <text key={one.name} className="strong" x={frame.x((one.t_d[ends[at] ?? 0] ?? 0) / across.per) + 5} y={(places[at] ?? 0) + 4}>
          {one.name}
        </text>
      ))}
    </g>
  );
}

function useFrame(series: Series[], across: Across, values: [number, number]): Frame {
  const narrow = useNarrow();
  const [width, height, left] = narrow ? [320, 270, 48] : [560, 300, 62];
  const longest = series.length > 1 ? Math.max(...series.map((one) => one.name.length)) : 0;
  const right = Math.max(EDGE, longest * LETTER + 10);
  const times = series.flatMap((one) => [one.t_d[0] ?? 0, one.t_d.at(-1) ?? 0]).map((time) => time / across.per);
  const first = Math.min(...times);
  const x = linear([first, Math.max(first + 1, ...times)], [left, width - right]);
  return { width, height, left, right, x, y: linear(values, [height - FOOT, TOP]) };
}

/** What each course does in a sentence: over weeks where it is furthest from its start, else where it ends. */
function useSaid(series: Series[], unit: string, digits: number, across: Across | undefined): string {
  const { t, language } = useWords();
  const say = once(series).map((one) => {
    const start = one.curve.median[0] ?? 0;
    const away = (value: number | null | undefined): number => Math.abs((value ?? start) - start);
    const furthest = one.curve.median.reduce<number>((best, value, index) => (away(value) > away(one.curve.median[best]) ? index : best), 0);
    const at = across ? one.t_d.length - 1 : furthest;
    const [value, low, high] = [one.curve.median[at], one.curve.p05[at], one.curve.p95[at]].map((held) => shown(held, digits, language));
    const when = shown((one.t_d[at] ?? 0) / (across?.per ?? WEEK_D), 1, language);
    if (one.as) return t("chart.summary_line", { name: one.name, value: value ?? "", at: when, axis: across?.title ?? "", unit });
    const told = { name: one.name, value: value ?? "", low: low ?? "", high: high ?? "", unit };
    return across ? t("chart.summary_end", { ...told, at: when, axis: across.title }) : t("chart.summary", { ...told, week: when });
  });
  return say.join(" ");
}

export function BandChart({ title, unit, series, domain, day, seen = [], digits = 2, across: given }: Props): ReactNode {
  const { t } = useWords();
  const id = useId().replace(/:/g, "");
  const across = given ?? { title: t("chart.weeks"), head: t("chart.week"), per: WEEK_D };
  const curves = series.flatMap((one) => (one.as ? [one.curve.median] : [one.curve.p05, one.curve.p95]));
  const [low, high] = domain ?? extent([...curves, seen.map((one) => one.value)], true);
  const frame = useFrame(series, across, [low, high]);
  const { width, height, left, right, x, y } = frame;
  const said = useSaid(series, unit, digits, given);
  const many = series.filter((one) => !one.as).length > 2;
  const at = (one: Series): number[] => one.t_d.map((time) => time / across.per);
  const [first, last] = [Math.min(...series.flatMap(at)), Math.max(...series.flatMap(at))];
  return (
    <figure>
      <figcaption id={id}>{title}</figcaption>
      <svg className="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={id} aria-describedby={`${id}-said`}>
        {many && <Hatches id={id} />}
        <Axes
          frame={frame}
          xs={ticks(first, last, width / 80)}
          ys={ticks(low, high, 5)}
          unit={unit}
          digits={digits}
          title={across.title}
        />
        {series.map((one, index) => (
          <g key={index} className={`${classOf(series, index)}${many ? " many" : ""}`}>
            {!one.as && (
              <path
                className="outer"
                d={between(at(one), one.curve.p05, one.curve.p95, x, y)}
                style={many ? { fill: `url(#${id}${classOf(series, index)})` } : undefined}
              />
            )}
            {!one.as && !many && <path className="inner" d={between(at(one), one.curve.p25, one.curve.p75, x, y)} />}
          </g>
        ))}
        {series.map((one, index) => (
          <g key={index} className={classOf(series, index)}>
            <path className="median" d={line(at(one), one.curve.median, x, y)} />
          </g>
        ))}
        {low < 0 && high > 0 && <line className="axis" x1={left} x2={width - right} y1={y(0)} y2={y(0)} />}
        {day !== undefined && <line className="day" x1={x(day / across.per)} x2={x(day / across.per)} y1={TOP} y2={height - FOOT} />}
        {seen.map((one) => (
          <circle key={`${one.t_d}-${one.value}`} className="seen" cx={x(one.t_d / across.per)} cy={y(one.value)} r={6}>
            <title>{one.label}</title>
          </circle>
        ))}
        {series.length > 1 && <Ends series={series} frame={frame} across={across} />}
      </svg>
      <p className="hidden" id={`${id}-said`}>
        {said}
      </p>
      <Key series={series} inner={!many} hatched={many} />
      <Values title={title} series={series} digits={digits} across={across} />
    </figure>
  );
}
