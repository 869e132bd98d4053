// Level 6: what was planned and what the visits after it found, as a curve and as a table.
import type { ReactNode } from "react";
import type { Task } from "../api/training";
import { Points } from "../charts/points";
import { useWords } from "../i18n";
import { shown } from "../state/quantity";
import { Panel, Table } from "./screen";

const WEEK_D = 7;
const ROOM = 1.15;

export function Visits({ task, revealed = false }: { task: Task; revealed?: boolean }): ReactNode {
  const { t, name, term, language } = useWords();
  const visits = task.visits ?? [];
  const first = visits[0];
  if (!first) return null;
  const number = (value: number): string => shown(value, 1, language);
  const weeks = visits.map((row) => row.day / WEEK_D);
  const beside = t("trainer.beside", { muscle: term(task.beside) });
  return (
    <Panel title={t("trainer.visits")}>
      {revealed && <p>{t("trainer.visits_read")}</p>}
      <ul>
        {task.plan?.map((row) => (
          <li key={row.muscle}>{t("trainer.planned", { muscle: name(row.muscle), dose: number(row.dose_U), sites: row.sites })}</li>
        ))}
      </ul>
      <Points
        title={t("trainer.angles", { joint: name(first.joint), movement: term(first.movement), side: term(first.side) })}
        across={t("trainer.weeks")}
        xs={weeks}
        most={Math.max(...visits.map((row) => row.r2_deg), 1) * ROOM}
        series={[
          { name: "R2", values: visits.map((row) => row.r2_deg) },
          { name: "R1", values: visits.map((row) => row.r1_deg) },
        ]}
      />
      <Table
        caption={t("trainer.readings")}
        heads={[t("trainer.week"), name(first.scale), "R1 °", "R2 °", t("trainer.strength"), beside]}
        numbers={[1, 2, 3, 4, 5]}
        rows={[
          ...(task.before ? [[t("trainer.before"), task.before.grade, task.before.r1_deg, task.before.r2_deg, "100 %", "100 %"]] : []),
          ...visits.map((row, at) => [
            number(weeks[at] ?? 0),
            row.grade,
            row.r1_deg,
            row.r2_deg,
            `${row.strength_percent} %`,
            `${row.beside_percent} %`,
          ]),
        ]}
      />
      <p className="note">{t("trainer.readings_note")}</p>
    </Panel>
  );
}
