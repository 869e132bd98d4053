// A child over years: every table and chart shows the three presets and the ensemble, its title with how well it is known.
import type { ReactNode } from "react";
import { ASSUMED, curveOf, distinct, PRESETS, under, type Assumed, type Developed, type Untreated } from "../api/developed";
import type { Band, Curve } from "../api/types";
import { BandChart, type Series } from "../charts/bands";
import { extent } from "../charts/scale";
import { Tornado } from "../charts/tornado";
import { useWords, type Translate } from "../i18n";
import { shown } from "../state/quantity";
import { evidenceOf } from "./known";
import { Facts, Panel, Table } from "./screen";
import { Badge, Message } from "./severity";

const MONTHS = 12;
const WEEK_D = 7;
const LEVELS: [keyof Untreated, string][] = [
  ["gmfm66", "development.gmfm."],
  ["dorsiflexion_lost_deg", "development.range_loss"],
  ["volume_of_typical", "development.volume."],
];
const GAINS = ["gmfm66_gained", "dorsiflexion_kept_deg", "map_tidiness_gained", "map_clear_area_gained"] as const;

/** An age in years where it is whole, else in months. */
export function age(years: number, t: Translate): string {
  const months = Math.round(years * MONTHS);
  return months % MONTHS === 0 ? t("develop.years", { count: months / MONTHS }) : t("develop.months", { count: months });
}

interface Said {
  found: Developed;
  plan: string;
  /** A title with the word for how well it is known. */
  marked: (key: string, title: string) => string;
  range: (band: Band, digits: number) => string;
  percent: (share: number) => string;
}

function useSaid(found: Developed): Said {
  const { t, term, language } = useWords();
  return {
    found,
    plan: found.scenarios[0]?.scenario ?? "",
    marked: (key, title) => t("develop.marked", { title, status: term(found.status[key]?.status) }),
    range: (band, digits) =>
      t("compare.range", {
        median: shown(band.median, digits, language),
        low: shown(band.p05, digits, language),
        high: shown(band.p95, digits, language),
      }),
    percent: (share) => `${shown(share * 100, 0, language)} %`,
  };
}

function Why({ found, of }: { found: Developed; of: string }): ReactNode {
  const why = found.status[of]?.why;
  return why ? (
    <p className="note" lang="en">
      {why}.
    </p>
  ) : null;
}

function Short({ said }: { said: Said }): ReactNode {
  const { t, term, language } = useWords();
  const { found, plan } = said;
  const [course, all, most] = [found.scenarios[0], found.ensemble[plan], found.presets.hypothesis[plan]];
  if (!course || !all || !most) return null;
  return (
    <Panel title={t("develop.short")}>
      {found.outside_model.length > 0 && (
        <Message kind="critical">
          <Badge kind="critical">{t("simulate.outside")}</Badge>
          <p>{t("develop.outside", { what: found.outside_model.map(term).join(", ") })}</p>
        </Message>
      )}
      {found.plan_check.critical.length > 0 && (
        <Message kind="critical">
          <Badge kind="critical">{t("develop.critical")}</Badge>
          <ul lang="en">
            {found.plan_check.critical.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </Message>
      )}
      <p>
        {t("develop.course", {
          from: age(course.start_y, t),
          weeks: shown(course.every_d / WEEK_D, 1, language),
          until: age(course.until_y, t),
          sessions: course.sessions,
          draws: found.draws,
        })}
      </p>
      <p>
        {t("develop.answer", {
          gained: said.range(all.at_18.gmfm66_gained, 1),
          worse: said.percent(all.p_worse),
          harm: said.percent(all.p_harm_ever),
          most: said.range(most.at_18.gmfm66_gained, 1),
        })}
      </p>
      <p>
        {t("develop.important", {
          small: shown(found.smallest_difference, 1, language),
          large: shown(found.large_difference, 1, language),
        })}
      </p>
      <p className="note" lang="en">
        {found.assumed_shape} {found.function_account.note}
      </p>
    </Panel>
  );
}

function Results({ said }: { said: Said }): ReactNode {
  const { t } = useWords();
  const { found } = said;
  const courses = new Set(found.starting_age.ensemble.map((row) => row.scenario));
  return (
    <Panel title={said.marked("gmfm66_gained", t("develop.results"))}>
      {found.scenarios
        .filter((each) => !courses.has(each.scenario))
        .map((each) => (
          <Table
            key={each.scenario}
            caption={t("develop.at_18", { scenario: t(`develop.scenario.${each.scenario.replaceAll(" ", "_")}`) })}
            heads={["assumed", "gmfm66_gained", "worse", "harm", "small", "dorsiflexion_kept_deg"].map((key) => t(`develop.${key}`))}
            numbers={[1, 2, 3, 4, 5]}
            rows={under(found).flatMap(([name, told]) => {
              const row = told[each.scenario];
              if (!row) return [];
              const shares = [row.p_worse, row.p_harm_ever, row.p_gain_below_smallest].map(said.percent);
              const { gmfm66_gained, dorsiflexion_kept_deg } = row.at_18;
              return [[t(`develop.${name}`), said.range(gmfm66_gained, 1), ...shares, said.range(dorsiflexion_kept_deg, 1)]];
            })}
          />
        ))}
      <p className="note">{t("develop.harm_means")}</p>
      <Why found={found} of="gmfm66_gained" />
      <Why found={found} of="dorsiflexion_kept_deg" />
    </Panel>
  );
}

/** The ensemble with its band first, then each preset as a line of its own dashes. */
function beside(curves: [Assumed, Curve][], at: number[], t: Translate): Series[] {
  const all = curves.map(
    ([name, curve]): Series => ({ name: t(`develop.${name}`), t_d: at, curve, as: name === "ensemble" ? undefined : "line" }),
  );
  return [...all.filter((one) => !one.as), ...all.filter((one) => one.as)];
}

function courses(found: Developed, key: keyof Untreated | (typeof GAINS)[number], plan: string, t: Translate): Series[] {
  const curves = under(found).flatMap(([name, told]): [Assumed, Curve][] => (told[plan] ? [[name, told[plan][key]]] : []));
  return beside(curves, found.ages_y, t);
}

function Courses({ said }: { said: Said }): ReactNode {
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

function Starts({ said }: { said: Said }): ReactNode {
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

function Costs({ said }: { said: Said }): ReactNode {
  const { t, language } = useWords();
  const { found } = said;
  const share = (band: Band): string =>
    said.range({ ...band, p05: (band.p05 ?? 0) * 100, median: (band.median ?? 0) * 100, p95: (band.p95 ?? 0) * 100 }, 0);
  const words = (each: Developed["scenarios"][number]): string => {
    const key = `develop.scenario.${each.scenario.replaceAll(" ", "_")}`;
    return t(key) === key ? t("develop.course_from", { from: age(each.start_y, t) }) : t(key);
  };
  return (
    <Panel title={said.marked("volume_of_typical", t("develop.costs"))}>
      <Table
        caption={t("develop.costs_caption")}
        heads={["scenario", "from", "sessions", "units", "lost", "worst"].map((key) => t(`develop.cost.${key}`))}
        numbers={[2, 3, 4, 5]}
        rows={found.scenarios.flatMap((each) => {
          const row = found.ensemble[each.scenario];
          if (!row) return [];
          const counts = [String(each.sessions), shown(each.units_per_kg, 0, language)];
          return [[words(each), age(each.start_y, t), ...counts, share(row.volume_lost), share(row.worst_volume_lost)]];
        })}
      />
      <Why found={found} of="volume_of_typical" />
    </Panel>
  );
}

function Hangs({ said }: { said: Said }): ReactNode {
  const { t } = useWords();
  const { found } = said;
  const basis = found.status["influence"]?.status ?? "";
  return (
    <Panel title={said.marked("influence", t("develop.hangs"))}>
      <Tornado
        title={t("develop.hangs_chart")}
        unit={t("develop.unit.gmfm66_gained")}
        note={t("develop.hangs_note")}
        bars={found.influence.map((row) => ({ name: row.words, basis, low: row.low, high: row.high }))}
      />
      <Table
        caption={t("develop.hangs_harm")}
        heads={[t("chart.number"), t("chart.low"), t("chart.high")]}
        numbers={[1, 2]}
        rows={found.influence.map((row) => [row.words, said.percent(row.harm_low), said.percent(row.harm_high)])}
      />
    </Panel>
  );
}

function Circle({ said }: { said: Said }): ReactNode {
  const { t, language } = useWords();
  const { found, plan } = said;
  return (
    <>
      <Panel title={said.marked("loop", t("develop.loop"))}>
        <p>{t("develop.loop_lead")}</p>
        <Table
          caption={t("develop.loop_caption")}
          heads={["gain", "assumed", "loop_gain", "open", "closed", "left_out"].map((key) => t(`develop.loop.${key}`))}
          numbers={[2, 3, 4, 5]}
          rows={found.loop.flatMap((each) =>
            ASSUMED.map((name) => {
              const row = each.told[name];
              const [open, closed] = row.at_18 ? [row.at_18.gmfm66_gained_open, row.at_18.gmfm66_gained] : [null, null];
              return [
                shown(each.gain, 1, language),
                t(`develop.${name}`),
                shown(row.loop_gain.p95, 3, language),
                open ? said.range(open, 2) : t("develop.loop.none"),
                closed ? said.range(closed, 2) : t("develop.loop.none"),
                said.percent(row.rejected),
              ];
            }),
          )}
        />
        <Why found={found} of="loop" />
      </Panel>
      <Panel title={said.marked("map", t("develop.map"))}>
        <Table
          caption={t("develop.map_caption")}
          heads={["window", "scenario", "tidiness", "clear_area", "reflexes"].map((key) => t(`develop.map.${key}`))}
          numbers={[2, 3, 4]}
          rows={found.circuits.flatMap((guess) =>
            guess.maps
              .filter((row) => row.scenario === "untreated" || row.scenario === plan)
              .map((row) => [
                t("develop.map.likely", { age: shown(guess.closes_y, 1, language), likely: said.percent(guess.held_likely) }),
                row.scenario === plan ? t("develop.scenario.plan") : t("develop.untreated"),
                `${shown(row.tidiness_at_18, 2, language)}${row.change_se ? ` (${shown(row.change_se.tidiness, 3, language)})` : ""}`,
                `${shown(row.clear_area_at_18, 2, language)}${row.change_se ? ` (${shown(row.change_se.clear_area, 3, language)})` : ""}`,
                said.percent(guess.reflexes.error[row.scenario]?.at(-1) ?? 0),
              ]),
          )}
        />
        <p className="note">{t("develop.map_note")}</p>
        <Why found={found} of="map" />
      </Panel>
    </>
  );
}

function Assumptions({ said }: { said: Said }): ReactNode {
  const { t, language } = useWords();
  const { evidence, hypothesis, ensemble } = said.found.assumptions;
  const english = (text: string, unit: string): ReactNode => (
    <span lang="en">
      {text}
      {unit === "1" ? "" : `, ${unit}`}
    </span>
  );
  return (
    <Panel title={t("develop.assumptions")}>
      <Table
        caption={t("develop.assumptions_caption")}
        heads={[t("chart.number"), t("develop.null"), t("develop.evidence"), t("develop.hypothesis")]}
        numbers={[1, 2, 3]}
        rows={evidence.map((row, at) => [
          english(row.meaning, row.unit),
          "0",
          shown(row.value, 3, language),
          shown(hypothesis[at]?.value, 3, language),
        ])}
      />
      <Table
        caption={t("develop.drawn")}
        heads={[t("chart.number"), t("check.value")]}
        numbers={[1]}
        rows={ensemble.map((row) => [english(row.meaning, row.unit), shown(row.value, 3, language)])}
      />
      <Facts
        rows={ASSUMED.map((name) => [
          t(`develop.${name}`),
          <span lang="en" key={name}>
            {said.found.evidence_classes[name]}
          </span>,
        ])}
      />
    </Panel>
  );
}

function Trials({ said }: { said: Said }): ReactNode {
  const { t, term } = useWords();
  const { found } = said;
  return (
    <Panel title={t("develop.trials")}>
      <div lang="en">
        <Table
          caption={t("develop.trials_caption")}
          heads={["study", "class", "people", "found"].map((key) => t(`develop.trial.${key}`))}
          rows={found.trials.map((row) => [
            row.url ? (
              <a key={row.id} href={row.url} target="_blank" rel="noreferrer noopener">
                {row.name}
              </a>
            ) : (
              row.name
            ),
            row.design,
            [row.people, row.followed].filter(Boolean).join("; "),
            row.found,
          ])}
        />
        <p className="note">
          Hip: {said.percent(found.hip.value)}, {found.hip.meaning} ({found.hip.source}, {term(found.hip.basis)}). {found.hip.note}
        </p>
        <p className="note">
          Bone: {found.bone.meaning}, {found.bone.value} {found.bone.unit} ({found.bone.source}). {found.hand.note}
        </p>
        <ul className="note">
          {found.warnings.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}

/** The whole answer; nowhere a single curve, nowhere one age above the others. */
export function Answer({ found }: { found: Developed }): ReactNode {
  const said = useSaid(found);
  return (
    <>
      <Short said={said} />
      <Results said={said} />
      <Starts said={said} />
      <Courses said={said} />
      <Costs said={said} />
      <Hangs said={said} />
      <Circle said={said} />
      <Assumptions said={said} />
      <Trials said={said} />
    </>
  );
}
