// The courses from now to 18, and the gains of an earlier or later start.
import type { ReactNode } from "react";
import { ASSUMED, curveOf, distinct, PRESETS, under, type Assumed, type Developed, type Untreated } from "../../api/developed";
import type { Curve } from "../../api/types";
import { BandChart, type Series } from "../../charts/bands";
import { extent } from "../../charts/scale";
import { useWords, type Translate } from "../../i18n";
import { shown } from "../../state/quantity";
import { evidenceOf } from "../known";
import { Panel, Table } from "../screen";
import { age, beside, Why, type Said } from "./said";

const LEVELS: [keyof Untreated, string][] = [
  ["gmfm66", "development.gmfm."],
  ["dorsiflexion_lost_deg", "development.range_loss"],
  ["volume_of_typical", "development.volume."],
];
const GAINS = ["gmfm66_gained", "dorsiflexion_kept_deg", "map_tidiness_gained", "map_clear_area_gained"] as const;

function courses(found: Developed, key: keyof Untreated | (typeof GAINS)[number], plan: string, t: Translate): Series[] {
  const curves = under(found).flatMap(([name, told]): [Assumed, Curve][] => (told[plan] ? [[name, told[plan][key]]] : []));
  return beside(curves, found.ages_y, t);
}

export function Courses({ said }: { said: Said }): ReactNode {
  const { t, language, term } = useWords();
  const { found, plan } = said;
  const across = { title: t("develop.age"), head: t("develop.age"), per: 1 };
  const cited = (key: string): string => found.sources.find((row) => row.key === key)?.citation ?? key;
  return (
    <>
      <Panel title={t("develop.untreated_title")}>
        <p>{t("develop.untreated_lead")}</p>
        {LEVELS.map(([key, prefix]) => {
          const records = found.evidence.filter((row) => row.id.startsWith(prefix));
          const references = distinct(PRESETS.map((name) => [name, found.presets[name].untreated[key]])).map(
            ([name, curve]): Series => ({
              name: t("develop.untreated"),
              words: t("develop.untreated_by", { name: t(`develop.${name}`) }),
              t_d: found.ages_y,
              curve,
              as: "reference",
            }),
          );
          const under_plan = courses(found, key, plan, t);
          const whole = under_plan[0]?.curve;
          return (
            <div key={key}>
              <BandChart
                title={said.marked(key, t(`develop.${key}`))}
                unit={t(`develop.unit.${key}`)}
                across={across}
                domain={whole && extent([whole.p05, whole.p95, ...references.map((one) => one.curve.median)], key !== "gmfm66")}
                series={[...under_plan, ...references]}
              />
              <Why found={found} of={key} />
              <Table
                caption={t("develop.reference")}
                heads={[t("chart.number"), t("check.value"), t("check.basis"), t("check.source")]}
                numbers={[1]}
                rows={records.map((row) => [
                  <span lang="en" key={row.id}>
                    {row.meaning}
                  </span>,
                  `${shown(row.value, 2, language)} ${row.unit === "1" ? "" : row.unit}`,
                  term(row.basis),
                  cited(row.source),
                ])}
              />
              <p>
                <a href={evidenceOf(records.map((row) => row.id))}>{t("known.records")}</a>
              </p>
            </div>
          );
        })}
      </Panel>
      <Panel title={t("develop.gains")}>
        {GAINS.map((key) => (
          <div key={key}>
            <BandChart
              title={said.marked(key, t(`develop.${key}`))}
              unit={t(`develop.unit.${key}`)}
              across={across}
              digits={key.startsWith("map") ? 3 : 2}
              series={courses(found, key, plan, t)}
            />
            <Why found={found} of={key} />
          </div>
        ))}
      </Panel>
    </>
  );
}

export function Starts({ said }: { said: Said }): ReactNode {
  const { t } = useWords();
  const { found } = said;
  const first = found.starting_age.ensemble[0];
  if (!first) return null;
  const across = { title: t("develop.start_age"), head: t("develop.start_age"), per: 1 };
  const ages = found.starting_age.ensemble.map((row) => row.start_y);
  const series = (key: "gmfm66_gained" | "dorsiflexion_kept_deg"): Series[] =>
    beside(
      ASSUMED.map((name) => [name, curveOf(found.starting_age[name].map((row) => row[key]))]),
      ages,
      t,
    );
  return (
    <Panel title={said.marked("starting_age", t("develop.starts"))}>
      <p>{t("develop.starts_lead")}</p>
      {(["gmfm66_gained", "dorsiflexion_kept_deg"] as const).map((key) => (
        <BandChart
          key={key}
          title={said.marked("starting_age", t("develop.by_start", { what: t(`develop.${key}`) }))}
          unit={t(`develop.unit.${key}`)}
          across={across}
          series={series(key)}
        />
      ))}
      <Table
        caption={t("develop.starts_table", { first: age(first.start_y, t) })}
        heads={[t("develop.assumed"), t("develop.from"), t("develop.gmfm66_gained"), t("develop.earlier"), t("develop.earlier_share")]}
        numbers={[2, 3, 4]}
        rows={ASSUMED.flatMap((name) =>
          found.starting_age[name].map((row, at) => [
            t(`develop.${name}`),
            age(row.start_y, t),
            said.range(row.gmfm66_gained, 1),
            at === 0 ? "" : said.range(row.gmfm66_less_than_first, 1),
            at === 0 ? "" : said.percent(row.p_first_better_by_smallest),
          ]),
        )}
      />
      <p className="note">{t("develop.no_best")}</p>
      <Why found={found} of="starting_age" />
    </Panel>
  );
}
