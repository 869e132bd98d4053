import { useMemo, type ReactNode } from "react";
import { useJob } from "../api/jobs";
import type { Band } from "../api/types";
import { useInterval } from "../charts/intervals";
import { useWords } from "../i18n";
import { JobLine } from "../parts/job";
import { Facts, Panel, ScreenFrame, Table } from "../parts/screen";
import { byseverity, IssueItem, SourceLine } from "../parts/severity";
import { Timing } from "../parts/timing";
import { go } from "../router";
import { minor } from "../state/changes";
import { planned, type Draft } from "../state/draft";
import { amount, shown } from "../state/quantity";
import { useStore } from "../state/store";
import type { Individual } from "./followup";

const DRAWS = 500;
const SEED = 1;
const HORIZON_D = 182;
const DAY_MS = 86_400_000;
const ROLLING_D = 84;

/** The next session of the same person: this plan becomes history, muscles stay, dates and doses are empty. */
function nextDraft(draft: Draft, total_U: number | null): Draft {
  const { plan, visits } = draft;
  const given = plan.injections.filter((row) => row.dose).map(({ muscle, side, dose }) => ({ muscle, side, dose }));
  const past = {
    date: plan.date,
    product: plan.product,
    indication: plan.indication,
    total: total_U === null ? null : `${total_U} U`,
    injections: given,
    visits,
  };
  return {
    ...draft,
    history: [...draft.history, past],
    visits: [],
    assessment: [],
    plan: { ...plan, date: "", vials: [], injections: plan.injections.map((row) => ({ ...row, dose: "" })) },
  };
}

function bands(held: Individual["next"]["modelled_re_emergence_d"]): [string, Band][] {
  if (!held) return [];
  if ("median" in held) return [["", held as Band]];
  return Object.entries(held as Record<string, Band>);
}

function Expectation({ found }: { found: Individual }): ReactNode {
  const { t, term } = useWords();
  const say = useInterval();
  return (
    <Panel title={t("next.expectation")}>
      <Table
        caption={t("next.duration")}
        heads={[t("joint"), t("followup.prior"), t("followup.updated")]}
        rows={found.forecast.joints.map((row) => [
          `${term(row.joint)}, ${term(row.side)}`,
          row.prior?.duration_d ? say(row.prior.duration_d, HORIZON_D) : "–",
          say(row.duration_d, HORIZON_D),
        ])}
      />
      <Facts
        rows={bands(found.next.modelled_re_emergence_d).map(([name, band]) => [
          t("next.re_emergence", { joint: name }),
          say(band, HORIZON_D),
        ])}
      />
    </Panel>
  );
}

export default function NextScreen(): ReactNode {
  const { t, term, language } = useWords();
  const { state, dispatch, check, meta } = useStore();
  const { draft } = state;
  const value = useMemo(() => planned(draft), [draft]);
  const job = useJob<Individual>("individualise", JSON.stringify(value));
  const found = job.result;
  const total = check.data?.totals?.dose_U ?? null;
  const interval = byseverity((check.data?.issues ?? []).filter((row) => /interval|cumulative/.test(row.rule)));
  const soonest = check.data?.next;
  const limit = soonest?.limit;
  const start = Date.parse(draft.plan.date);
  const rolling = draft.history.filter((row) => row.product === draft.plan.product && start - Date.parse(row.date) < ROLLING_D * DAY_MS);
  const sum = rolling.reduce((held, row) => held + (amount(row.total) ?? 0), total ?? 0);
  return (
    <ScreenFrame title={t("step.next")} lead={t("next.lead")}>
      <div className="columns">
        <div className="stack">
          <Panel title={t("next.copy")}>
            <p>{t("next.copy_lead")}</p>
            <button
              type="button"
              className="main"
              disabled={!value}
              onClick={() => {
                dispatch({ type: "open", draft: nextDraft(draft, total), file: null, touched: true });
                go("pattern");
              }}
            >
              {t("next.copy_button")}
            </button>
          </Panel>
          {minor(draft) && <Timing />}
        </div>
        <div className="stack">
          <Panel title={t("next.ask_title")}>
            <button
              type="button"
              disabled={!value?.visits?.length}
              onClick={() => value && job.start({ kind: "individualise", case: value, options: { draws: DRAWS, seed: SEED } })}
            >
              {t("followup.ask")}
            </button>
            {!value?.visits?.length && (
              <p className="note">
                {t("followup.nothing")} <a href="#/followup">{t("step.followup")}</a>
              </p>
            )}
            <JobLine job={job} />
          </Panel>
          {found && <Expectation found={found} />}
        </div>
        <div className="stack">
          <Panel title={t("next.interval")}>
            <Facts
              rows={[
                [t("next.earliest"), soonest?.earliest_by_limits ?? "–"],
                [t("next.reason"), soonest?.reason ?? t("next.plan_first")],
                [t("next.interval_held"), limit ? `${shown(limit.minimum, 0, language)} ${limit.unit ?? ""}` : "–"],
                [t("check.source"), limit ? <SourceLine source={limit.source} /> : "–"],
                [t("check.basis"), limit ? `${term(limit.basis)}${limit.verified ? "" : `, ${t("check.unverified")}`}` : "–"],
                [t("timing.total_12_weeks"), `${shown(sum, 1, language)} U`],
              ]}
            />
            <p className="note">{t("next.none_chosen")}</p>
            <ul className="checks">
              {interval.map((issue, at) => (
                <IssueItem key={at} issue={issue} />
              ))}
            </ul>
            <p className="note">{meta.wording["ranges"]}</p>
          </Panel>
        </div>
      </div>
    </ScreenFrame>
  );
}
