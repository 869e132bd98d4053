// A child over years: every table and chart shows the three presets and the ensemble, its title with how well it is known.
import type { ReactNode } from "react";
import { under, type Developed } from "../../api/developed";
import type { Band } from "../../api/types";
import { useWords } from "../../i18n";
import { shown } from "../../state/quantity";
import { Panel, Table } from "../screen";
import { Badge, Message } from "../severity";
import { Courses, Starts } from "./courses";
import { Assumptions, Circle, Hangs, Trials } from "./ground";
import { age, useSaid, Why, type Said } from "./said";

const WEEK_D = 7;

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
