// What the answer rests on: the numbers it hangs on, the loop and the map, the assumptions, the trials.
import type { ReactNode } from "react";
import { ASSUMED } from "../../api/developed";
import { Tornado } from "../../charts/tornado";
import { useWords } from "../../i18n";
import { shown } from "../../state/quantity";
import { Facts, Panel, Table } from "../screen";
import { Why, type Said } from "./said";

export function Hangs({ said }: { said: Said }): ReactNode {
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

export function Circle({ said }: { said: Said }): ReactNode {
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

export function Assumptions({ said }: { said: Said }): ReactNode {
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

export function Trials({ said }: { said: Said }): ReactNode {
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
