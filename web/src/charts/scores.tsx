// Scores of attempts in their order, from 0 to 100; what passed is filled.
import { useId, type ReactNode } from "react";
import { useWords } from "../i18n";
import { line, linear } from "./scale";

const WIDTH = 460;
const HEIGHT = 200;
const LEFT = 44;
const PAD = 14;
const FOOT = 40;

export function Scores({ title, attempts }: { title: string; attempts: { score: number; passed: boolean }[] }): ReactNode {
  const { t } = useWords();
  const id = useId();
  const orders = attempts.map((_, index) => index + 1);
  const x = linear([0.5, Math.max(attempts.length, 2) + 0.5], [LEFT, WIDTH - PAD]);
  const y = linear([0, 100], [HEIGHT - FOOT, PAD]);
  return (
    <figure>
      <figcaption id={id}>{title}</figcaption>
      <svg className="chart narrow" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={id}>
        {[0, 50, 100].map((value) => (
          <g key={value}>
            <line className="grid" x1={LEFT} x2={WIDTH - PAD} y1={y(value)} y2={y(value)} />
            <text x={LEFT - 8} y={y(value) + 4} textAnchor="end">
              {value}
            </text>
          </g>
        ))}
        <line className="axis" x1={LEFT} x2={WIDTH - PAD} y1={y(0)} y2={y(0)} />
        <path className="thin" d={line(orders, attempts.map((one) => one.score), x, y)} />
        {attempts.map((one, index) => (
          <circle key={index} cx={x(index + 1)} cy={y(one.score)} r={6} fill={one.passed ? "var(--mark)" : "#fff"} stroke="var(--mark)" strokeWidth={2} />
        ))}
        <text className="strong" x={(LEFT + WIDTH - PAD) / 2} y={HEIGHT - 10} textAnchor="middle">
          {t("trainer.order")}
        </text>
      </svg>
      <p className="note">{t("trainer.filled")}</p>
    </figure>
  );
}
