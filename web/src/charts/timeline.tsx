// A line of time from the injection on: the modelled peak of each joint above the dates that the user entered.
import type { ReactNode } from "react";
import type { Band } from "../api/types";
import { useWords } from "../i18n";
import { shown } from "../state/quantity";
import { useNarrow } from "./bands";
import { linear, ticks } from "./scale";

interface Span {
  name: string;
  days: [number, number];
}

const ROW = 40;
const PAD = 14;
const WEEK_D = 7;
const LEAST_D = 84;

export function TimeLine({ title, peaks, spans }: { title: string; peaks: { name: string; peak: Band }[]; spans: Span[] }): ReactNode {
  const { t, language } = useWords();
  const width = useNarrow() ? 300 : 460;
  const ends = [...peaks.map(({ peak }) => peak.p75 ?? 0), ...spans.flatMap((one) => one.days)];
  const [first, last] = [Math.min(0, ...ends), Math.max(LEAST_D, ...ends)];
  const x = linear([first / WEEK_D, last / WEEK_D], [PAD, width - PAD]);
  const rows = [
    ...peaks.map(({ name, peak }) => ({ name, days: [peak.p25 ?? 0, peak.p75 ?? last] as [number, number], peak: true })),
    ...spans.map((one) => ({ ...one, peak: false })),
  ];
  const height = rows.length * ROW + 44;
  const said = rows.map((row) => `${row.name}: ${row.days.map((day) => shown(day / WEEK_D, 1, language)).join(" – ")}`).join("; ");
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg className="chart narrow" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title}. ${t("chart.weeks")}: ${said}`}>
        {ticks(first / WEEK_D, last / WEEK_D, 6).map((week) => (
          <g key={week}>
            <line className="grid" x1={x(week)} x2={x(week)} y1={0} y2={rows.length * ROW} />
            <text x={x(week)} y={rows.length * ROW + 18} textAnchor="middle">
              {shown(week, 1, language)}
            </text>
          </g>
        ))}
        <line className="axis" x1={x(0)} x2={x(0)} y1={0} y2={rows.length * ROW} />
        {rows.map((row, at) => {
          const [from, until] = row.days.map((day) => x(day / WEEK_D)) as [number, number];
          const wide = Math.max(4, until - from);
          return (
            <g key={row.name + at}>
              <text className="strong" x={PAD} y={at * ROW + 14}>
                {row.name}
              </text>
              <rect
                x={from - (wide > until - from ? 2 : 0)}
                width={wide}
                y={at * ROW + 20}
                height={row.peak ? 14 : 10}
                fill={row.peak ? "var(--band-inner)" : "#fff"}
                stroke={row.peak ? "var(--median)" : "var(--second)"}
                strokeWidth={row.peak ? 1 : 2.5}
                strokeDasharray={row.peak ? undefined : "5 2"}
              />
            </g>
          );
        })}
        <text className="strong" x={width / 2} y={height - 6} textAnchor="middle">
          {t("chart.weeks")}
        </text>
      </svg>
    </figure>
  );
}
