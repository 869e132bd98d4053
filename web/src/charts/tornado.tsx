// How far an outcome moves when one uncertain number goes from low to high: bars from the least to the most.
import { useId, type ReactNode } from "react";
import { useWords } from "../i18n";
import { Table } from "../parts/screen";
import { shown } from "../state/quantity";
import { linear, ticks } from "./scale";

export interface Bar {
  name: string;
  basis: string;
  low: number;
  high: number;
}

const WIDTH = 400;
const ROW = 44;
const PAD = 16;
const MOST = 44;

export function Tornado({ title, unit, bars, note }: { title: string; unit: string; bars: Bar[]; note: string }): ReactNode {
  const { t, term, language } = useWords();
  const id = useId();
  const ends = bars.flatMap((bar) => [bar.low, bar.high]);
  const bounds: [number, number] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const x = linear(bounds, [PAD, WIDTH - PAD]);
  const height = bars.length * ROW + 40;
  const cut = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text);
  return (
    <figure>
      <figcaption id={id}>{title}</figcaption>
      <svg className="chart narrow" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-labelledby={id}>
        {ticks(bounds[0], bounds[1], 5).map((value) => (
          <g key={value}>
            <line className="grid" x1={x(value)} x2={x(value)} y1={0} y2={height - 38} />
            <text x={x(value)} y={height - 22} textAnchor="middle">
              {shown(value, 2, language)}
            </text>
          </g>
        ))}
        {bars.map((bar, at) => (
          <g key={bar.name + at}>
            <text className="strong" x={PAD} y={at * ROW + 14}>
              {cut(bar.name)}
            </text>
            <rect
              x={Math.min(x(bar.low), x(bar.high))}
              y={at * ROW + 20}
              width={Math.max(2, Math.abs(x(bar.high) - x(bar.low)))}
              height={16}
              fill="var(--band-inner)"
              stroke="var(--median)"
              strokeWidth="1"
            />
            <circle cx={x(bar.high)} cy={at * ROW + 28} r={4} fill="var(--median)" />
          </g>
        ))}
        <text className="strong" x={WIDTH / 2} y={height - 4} textAnchor="middle">
          {unit}
        </text>
      </svg>
      <p className="note">{note}</p>
      <details>
        <summary>{t("chart.values")}</summary>
        <Table
          caption={title}
          heads={[t("chart.number"), t("check.basis"), t("chart.low"), t("chart.high")]}
          numbers={[2, 3]}
          rows={bars.map((bar) => [bar.name, term(bar.basis), shown(bar.low, 3, language), shown(bar.high, 3, language)])}
        />
      </details>
    </figure>
  );
}
