import { useState, type ReactNode } from "react";
import { api } from "../api/client";
import { useLive } from "../api/live";
import type { Source } from "../api/types";
import { useWords } from "../i18n";
import { DateField, QuantityField, SelectField } from "../parts/fields";
import { Facts, Panel, ScreenFrame, Table } from "../parts/screen";
import { Badge, FaultMessage, SourceLine } from "../parts/severity";
import { today } from "../state/draft";
import { shown } from "../state/quantity";
import { useStore } from "../state/store";

interface Status {
  status: string;
  since: string | null;
  basis: string | null;
  verified: boolean | null;
  rule: string | null;
  reason: string | null;
  source: Source | null;
  as_of: string;
}

interface Limit {
  id: string;
  scope: string;
  limb: string;
  muscles: string[];
  min: number | null;
  max: number | null;
  unit: string;
  basis: string;
  verified: boolean;
  source: Source;
  text: string;
  in_force_from: string | null;
}

export default function LabelsScreen(): ReactNode {
  const { t, term, name, language } = useWords();
  const { state, meta } = useStore();
  const { plan, patient } = state.draft;
  const words = meta.vocabulary;
  const [asked, setAsked] = useState({
    product: plan.product,
    age: patient.age ?? "",
    jurisdiction: plan.jurisdiction,
    indication: plan.indication,
    limb: "upper",
    cause: patient.condition ?? "",
    as_of: today(),
  });
  const set =
    (key: keyof typeof asked) =>
    (value: string): void =>
      setAsked({ ...asked, [key]: value });
  const ready = asked.product && asked.age && asked.jurisdiction;
  const query = ready ? new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== "")).toString() : null;
  const limitQuery = ready
    ? new URLSearchParams({
        product: asked.product,
        age: asked.age,
        jurisdiction: asked.jurisdiction,
        limb: asked.limb,
        ...(asked.as_of ? { as_of: asked.as_of } : {}),
      }).toString()
    : null;
  const status = useLive(query, (signal) => api.get<Status>(`/labels/status?${query}`, signal));
  const limits = useLive(limitQuery, (signal) => api.get<{ limits: Limit[] }>(`/labels/limits?${limitQuery}`, signal));
  const on = status.data?.status === "on_label";
  return (
    <ScreenFrame title={t("step.labels")} lead={t("labels.lead")}>
      <div className="columns two">
        <div className="stack">
          <Panel title={t("labels.limits")}>
            {!ready && <p>{t("labels.ask")}</p>}
            <FaultMessage fault={limits.error?.fault} />
            {limits.data && (
              <Table
                caption={t("labels.caption", { count: limits.data.limits.length, date: asked.as_of })}
                numbers={[2, 3]}
                heads={[t("labels.scope"), t("muscle"), t("labels.least"), t("labels.most"), t("check.basis"), t("check.source")]}
                rows={limits.data.limits.map((row) => [
                  term(row.scope),
                  row.muscles.map(term).join(", ") || "–",
                  row.min === null ? "–" : `${shown(row.min, 2, language)} ${row.unit}`,
                  row.max === null ? "–" : `${shown(row.max, 2, language)} ${row.unit}`,
                  `${term(row.basis)}${row.verified ? "" : `, ${t("check.unverified")}`}`,
                  <SourceLine key="s" source={row.source} />,
                ])}
              />
            )}
            <p className="note">{meta.wording["ranges"]}</p>
          </Panel>
        </div>
        <div className="stack">
          <Panel title={t("labels.question")}>
            <SelectField
              label={t("bar.product")}
              value={asked.product}
              empty={t("choose")}
              options={words.products.map((row) => row.id)}
              words={term}
              onChange={set("product")}
            />
            <QuantityField label={t("person.age")} value={asked.age} units={["y", "mo"]} onChange={set("age")} />
            <SelectField
              label={t("product.region")}
              value={asked.jurisdiction}
              empty={t("choose")}
              options={words.jurisdictions}
              onChange={set("jurisdiction")}
            />
            <SelectField
              label={t("product.indication")}
              value={asked.indication}
              options={words.indications}
              onChange={set("indication")}
            />
            <SelectField
              label={t("labels.limb")}
              value={asked.limb}
              options={["upper", "lower"]}
              words={(id) => t(`limb.${id}`)}
              onChange={set("limb")}
            />
            <SelectField
              label={t("person.condition")}
              value={asked.cause}
              empty={t("not_stated")}
              options={words.conditions}
              onChange={set("cause")}
            />
            <DateField label={t("labels.as_of")} value={asked.as_of} onChange={set("as_of")} />
          </Panel>
          {status.data && (
            <Panel title={t("check.status")}>
              <p>
                <Badge kind={on ? "fine" : "warning"}>{name(status.data.status)}</Badge>
              </p>
              <Facts
                rows={[
                  [t("labels.since"), status.data.since ?? "–"],
                  [
                    t("labels.reason"),
                    <span key="r" lang="en">
                      {status.data.reason ?? "–"}
                    </span>,
                  ],
                  [t("check.source"), <SourceLine key="s" source={status.data.source} />],
                  [t("check.basis"), term(status.data.basis)],
                ]}
              />
            </Panel>
          )}
          <FaultMessage fault={status.error?.fault} />
        </div>
      </div>
    </ScreenFrame>
  );
}
