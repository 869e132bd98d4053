// A few readings in their order, joined by lines: scores of attempts, angles at visits. Names stand at the ends of the lines.
import { useId, type ReactNode } from "react";
import { useWords } from "../i18n";
import { shown } from "../state/quantity";
import { apart, line, linear, ticks } from "./scale";

const WIDTH = 460;
const HEIGHT = 220;
const LEFT = 44;
const PAD = 14;
const FOOT = 46;
const NAME = 34;
const GAP = 16;

interface Series {
  name?: string;
  values: number[];
  /** Which are drawn full; all of them without it. */
  full?: boolean[];
}

interface Props {
  title: string;
  across: string;
  xs: number[];
  series: Series[];
  /** The highest value of the upright axis, which begins at 0. */
  most: number;
}

export function Points({ title, across, xs, series, most }: Props): ReactNode {
  const { language } = useWords();
  const id = useId();
  const right = WIDTH - PAD - (series.some((one) => one.name) ? NAME : 0);
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const around = (high - low) / 20 || 1;
  const x = linear([low - around, high + around], [LEFT, right]);
  const y = linear([0, most], [HEIGHT - FOOT, PAD]);
  const ends = apart(series.map((one) => y(one.values.at(-1) ?? 0)), GAP, PAD, HEIGHT - FOOT);
  return (
    <figure>
      <figcaption id={id}>{title}</figcaption>
      <svg className="chart narrow" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={id}>
        {ticks(0, most, 4).map((value) => (
          <g key={value}>
            <line className="grid" x1={LEFT} x2={right} y1={y(value)} y2={y(value)} />
            <text x={LEFT - 8} y={y(value) + 4} textAnchor="end">
              {shown(value, 0, language)}
            </text>
          </g>
        ))}
        <line className="axis" x1={LEFT} x2={right} y1={y(0)} y2={y(0)} />
        {(xs.length > 12 ? ticks(low, high, 6) : xs).map((value) => (
          <text key={value} x={x(value)} y={HEIGHT - FOOT + 18} textAnchor="middle">
            {shown(value, 0, language)}
          </text>
        ))}
        {series.map((one, row) => (
          <g key={row}>
            <path className="thin" d={line(xs, one.values, x, y)} />
            {one.values.map((value, at) => (
              <circle
                key={at}
                cx={x(xs[at] ?? 0)}
                cy={y(value)}
                r={5}
                fill={(one.full?.[at] ?? row === 0) ? "var(--mark)" : "#fff"}
                stroke="var(--mark)"
                strokeWidth={2}
              />
            ))}
            <text className="strong" x={right + 4} y={(ends[row] ?? 0) + 4}>
              {one.name}
            </text>
          </g>
        ))}
        <text className="strong" x={(LEFT + right) / 2} y={HEIGHT - 8} textAnchor="middle">
          {across}
        </text>
      </svg>
    </figure>
  );
}
