// Plans as points: what one costs against what it reaches. Shape and letter tell them apart, not colour.
import { useId, type ReactNode } from "react";
import { useWords } from "../i18n";
import { shown } from "../state/quantity";
import { linear, ticks } from "./scale";

export interface Point {
  name: string;
  x: number;
  y: number;
  own: boolean;
}

const WIDTH = 560;
const HEIGHT = 340;
const LEFT = 62;
const PAD = 22;
const FOOT = 48;

export function Scatter({ title, xUnit, yUnit, points }: { title: string; xUnit: string; yUnit: string; points: Point[] }): ReactNode {
  const { language } = useWords();
  const id = useId();
  const most = (values: number[]): number => Math.max(...values, 0) * 1.12 || 1;
  const x = linear([0, most(points.map((one) => one.x))], [LEFT, WIDTH - PAD]);
  const y = linear([0, most(points.map((one) => one.y))], [HEIGHT - FOOT, PAD]);
  return (
    <figure>
      <figcaption id={id}>{title}</figcaption>
      <svg className="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={id}>
        {ticks(0, most(points.map((one) => one.y)), 5).map((value) => (
          <g key={value}>
            <line className="grid" x1={LEFT} x2={WIDTH - PAD} y1={y(value)} y2={y(value)} />
            <text x={LEFT - 8} y={y(value) + 4} textAnchor="end">
              {shown(value, 2, language)}
            </text>
          </g>
        ))}
        {ticks(0, most(points.map((one) => one.x)), 6).map((value) => (
          <text key={value} x={x(value)} y={HEIGHT - FOOT + 20} textAnchor="middle">
            {shown(value, 0, language)}
          </text>
        ))}
        <line className="axis" x1={LEFT} x2={WIDTH - PAD} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT} />
        <text className="strong" x={(LEFT + WIDTH - PAD) / 2} y={HEIGHT - 8} textAnchor="middle">
          {xUnit}
        </text>
        <text className="strong" transform={`translate(16 ${(PAD + HEIGHT - FOOT) / 2}) rotate(-90)`} textAnchor="middle">
          {yUnit}
        </text>
        {points.map((one) => (
          <g key={one.name}>
            {one.own ? (
              <rect x={x(one.x) - 7} y={y(one.y) - 7} width={14} height={14} fill="var(--median)" />
            ) : (
              <circle cx={x(one.x)} cy={y(one.y)} r={8} fill="#fff" stroke="var(--mark)" strokeWidth={3} />
            )}
            <text className="strong" x={x(one.x) + 13} y={y(one.y) - 8}>
              {one.name}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  );
}
