// Onset, peak and duration as intervals: a line for 90 %, a bar for 50 %, a mark for the median.
import type { ReactNode } from "react";
import type { Band, Times } from "../api/types";
import { useWords } from "../i18n";
import { shown } from "../state/quantity";
import { linear, ticks } from "./scale";

const WIDTH = 460;
const NAME = 84;
const ROW = 42;
const PAD = 20;
const WEEK_D = 7;

/** One interval in words: "median 8 d (90 %: 5 to 20 d)"; beyond the horizon where a bound was not reached. */
export function useInterval(): (band: Band, horizon_d: number) => string {
  const { t, language } = useWords();
  return (band, horizon_d) => {
    const say = (value: number | null): string =>
      value === null
        ? t("chart.beyond", { weeks: Math.round(horizon_d / WEEK_D) })
        : value < 2 * WEEK_D
          ? t("chart.days", { days: shown(value, 1, language) })
          : t("chart.in_weeks", { weeks: shown(value / WEEK_D, 1, language) });
    return t("chart.interval", { median: say(band.median), low: say(band.p05), high: say(band.p95) });
  };
}

export function Intervals({ times, horizon_d }: { times: Times; horizon_d: number }): ReactNode {
  const { t, language } = useWords();
  const say = useInterval();
  const rows: [string, Band][] = [
    [t("chart.onset"), times.onset_d],
    [t("chart.peak"), times.peak_d],
    [t("chart.duration"), times.duration_d],
  ];
  const x = linear([0, horizon_d / WEEK_D], [NAME, WIDTH - PAD]);
  const at = (value: number | null): number => (value === null ? WIDTH - PAD : Math.min(WIDTH - PAD, x(value / WEEK_D)));
  return (
    <div>
      <svg
        className="chart"
        viewBox={`0 0 ${WIDTH} ${rows.length * ROW + 40}`}
        role="img"
        aria-label={rows.map(([name, band]) => `${name}: ${say(band, horizon_d)}`).join(". ")}
      >
        {ticks(0, horizon_d / WEEK_D, 6).map((week) => (
          <g key={week}>
            <line className="grid" x1={x(week)} x2={x(week)} y1={0} y2={rows.length * ROW} />
            <text x={x(week)} y={rows.length * ROW + 16} textAnchor="middle">
              {shown(week, 1, language)}
            </text>
          </g>
        ))}
        {rows.map(([name, band], index) => {
          const middle = index * ROW + ROW / 2;
          return (
            <g key={name}>
              <text className="strong" x={0} y={middle + 4}>
                {name}
              </text>
              {band.p05 !== null && (
                <line
                  x1={at(band.p05)}
                  x2={at(band.p95)}
                  y1={middle}
                  y2={middle}
                  stroke="var(--median)"
                  strokeWidth={2}
                  strokeDasharray={band.p95 === null ? "6 3" : undefined}
                />
              )}
              {band.p25 !== null && (
                <rect
                  x={at(band.p25)}
                  width={Math.max(2, at(band.p75) - at(band.p25))}
                  y={middle - 8}
                  height={16}
                  fill="var(--band-inner)"
                  stroke="var(--median)"
                />
              )}
              {band.median !== null && (
                <line x1={at(band.median)} x2={at(band.median)} y1={middle - 12} y2={middle + 12} stroke="var(--median)" strokeWidth={4} />
              )}
              {band.p95 === null && (
                <path d={`M${WIDTH - PAD - 2} ${middle - 6}l8 6l-8 6`} fill="none" stroke="var(--median)" strokeWidth={2} />
              )}
            </g>
          );
        })}
        <text className="strong" x={(NAME + WIDTH) / 2} y={rows.length * ROW + 34} textAnchor="middle">
          {t("chart.weeks")}
        </text>
      </svg>
      <ul>
        {rows.map(([name, band]) => (
          <li key={name}>
            <strong>{name}</strong>: {say(band, horizon_d)}
          </li>
        ))}
      </ul>
    </div>
  );
}
