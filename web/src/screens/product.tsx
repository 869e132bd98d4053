import { useMemo, useState, type ReactNode } from "react";
import { api } from "../api/client";
import { useLive } from "../api/live";
import { useWords } from "../i18n";
import { DateField, QuantityField, SelectField } from "../parts/fields";
import { Facts, Panel, ScreenFrame } from "../parts/screen";
import { Badge, FaultMessage, LeftOut, Message } from "../parts/severity";
import { setPlan, setProduct } from "../state/changes";
import { sketched } from "../state/draft";
import { amount, shown } from "../state/quantity";
import { useStore } from "../state/store";

function Choice(): ReactNode {
  const { t, term } = useWords();
  const { state, change, meta } = useStore();
  const { plan } = state.draft;
  const [cleared, setCleared] = useState(false);
  const doses = plan.injections.filter((row) => row.dose).length;
  const pick = (product: string): void => {
    setCleared(doses > 0 && product !== plan.product);
    change(setProduct(product));
  };
  return (
    <Panel title={t("product.choice")}>
      <fieldset>
        <legend>{t("bar.product")}</legend>
        {meta.vocabulary.products.map((row) => (
          <label className="tick" key={row.id}>
            <input type="radio" name="product" checked={plan.product === row.id} onChange={() => pick(row.id)} />
            <span>
              {term(row.id)}
              {row.brand && ` (${row.brand})`}
            </span>
          </label>
        ))}
      </fieldset>
      <p className="note">{meta.wording["product"]}</p>
      <div role="status">
        {cleared && (
          <Message kind="warning">
            <Badge kind="warning">{t("product.cleared")}</Badge>
            <p>{meta.wording["product"]}</p>
          </Message>
        )}
      </div>
      <div className="fields">
        <SelectField
          path="plan.jurisdiction"
          label={t("product.region")}
          value={plan.jurisdiction}
          empty={t("choose")}
          options={meta.vocabulary.jurisdictions}
          onChange={(jurisdiction) => change(setPlan({ jurisdiction }))}
        />
        <SelectField
          label={t("product.indication")}
          value={plan.indication}
          options={meta.vocabulary.indications}
          onChange={(indication) => change(setPlan({ indication }))}
        />
        <DateField path="plan.date" label={t("product.date")} value={plan.date} onChange={(date) => change(setPlan({ date }), "plan.date")} />
        <SelectField
          label={t("product.guidance")}
          value={plan.guidance}
          empty={t("not_stated")}
          options={meta.vocabulary.guidance}
          onChange={(guidance) => change(setPlan({ guidance }))}
        />
        <SelectField
          label={t("product.co_therapy")}
          value={plan.co_therapy}
          empty={t("not_stated")}
          options={meta.vocabulary.co_therapy}
          onChange={(co_therapy) => change(setPlan({ co_therapy }))}
        />
      </div>
    </Panel>
  );
}

function Vials(): ReactNode {
  const { t, term, language } = useWords();
  const { state, change, meta } = useStore();
  const { plan } = state.draft;
  const product = meta.vocabulary.products.find((row) => row.id === plan.product);
  const count = (size: number): number => plan.vials.filter((vial) => amount(vial) === size).length;
  const set = (size: number, wanted: number): void => {
    const others = plan.vials.filter((vial) => amount(vial) !== size);
    change(setPlan({ vials: [...others, ...Array.from({ length: wanted }, () => `${size} U`)] }));
  };
  return (
    <Panel title={t("product.vials")}>
      {!product && <p>{t("product.choose_first")}</p>}
      {product?.vials_U.map((size) => (
        <div className="row" key={size} style={{ marginBottom: 6 }}>
          <span style={{ minWidth: "11em" }}>
            {t("product.vial_of", { size: shown(size, 1, language) })} {term("of_this_product")}
          </span>
          <button
            type="button"
            disabled={count(size) === 0}
            aria-label={t("product.fewer", { size })}
            onClick={() => set(size, count(size) - 1)}
          >
            −
          </button>
          <output style={{ minWidth: "2em", textAlign: "center" }}>{count(size)}</output>
          <button type="button" aria-label={t("product.more", { size })} onClick={() => set(size, count(size) + 1)}>
            +
          </button>
        </div>
      ))}
      {product && (
        <QuantityField
          path="plan.dilution"
          label={t("product.dilution")}
          hint={t("product.dilution_hint")}
          value={plan.dilution}
          units={["U/mL"]}
          onChange={(dilution) => change(setPlan({ dilution }), "plan.dilution")}
        />
      )}
    </Panel>
  );
}

/** The vial and what is drawn from it, to the scale of the dilution. */
function Picture(): ReactNode {
  const { t, language } = useWords();
  const { state, check } = useStore();
  const dilution = amount(state.draft.plan.dilution);
  const vial = amount(state.draft.plan.vials[0]);
  const preparation = check.data?.preparation;
  const millilitres = dilution && vial ? vial / dilution : null;
  const level = millilitres ? Math.min(1, millilitres / 10) : 0;
  return (
    <Panel title={t("product.picture")}>
      <svg
        className="chart"
        viewBox="0 0 360 150"
        role="img"
        aria-label={t("product.picture_label", {
          dilution: dilution ? shown(dilution, 1, language) : "–",
          volume: millilitres ? shown(millilitres, 2, language) : "–",
        })}
      >
        <rect x="50" y="18" width="44" height="16" rx="3" fill="none" stroke="currentColor" strokeWidth="2" />
        <path
          d="M56 34v10c-18 4-22 10-22 22v62c0 6 4 10 10 10h56c6 0 10-4 10-10V66c0-12-4-18-22-22V34"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
        />
        <rect x="37" y={134 - 66 * level} width="70" height={66 * level} fill="var(--band-inner)" />
        <text x="72" y="104" textAnchor="middle" className="strong">
          {millilitres ? `${shown(millilitres, 2, language)} mL` : "–"}
        </text>
        <g transform="translate(140 66)">
          <rect x="10" y="0" width="130" height="26" fill="none" stroke="currentColor" strokeWidth="2" />
          <rect x="11" y="1" width="13" height="24" fill="var(--band-inner)" />
          {Array.from({ length: 11 }, (_, at) => (
            <line key={at} x1={10 + at * 13} x2={10 + at * 13} y1="0" y2={at % 5 ? 7 : 12} stroke="currentColor" />
          ))}
          <path d="M10 13H-16M140 13h30M170 3v20M140 -4v34" stroke="currentColor" strokeWidth="2" />
          <text x="75" y="46" textAnchor="middle">
            {t("product.tenth", { units: dilution ? shown(dilution / 10, 2, language) : "–" })}
          </text>
        </g>
      </svg>
      <Facts
        rows={[
          [t("product.per_mL"), dilution ? `${shown(dilution, 2, language)} U/mL` : "–"],
          [t("product.per_tenth"), dilution ? `${shown(dilution / 10, 3, language)} U` : "–"],
          [
            t("product.diluent"),
            preparation?.diluent_mL ? preparation.diluent_mL.map((one) => `${shown(one, 2, language)} mL`).join(" + ") : "–",
          ],
          [t("product.left"), preparation?.left_over_U != null ? `${shown(preparation.left_over_U, 1, language)} U` : "–"],
          [
            t("product.fewest"),
            preparation?.fewest_vials_U?.length
              ? `${preparation.fewest_vials_U.map((one) => `${shown(one, 0, language)} U`).join(" + ")}`
              : "–",
          ],
        ]}
      />
    </Panel>
  );
}

function Handling(): ReactNode {
  const { t } = useWords();
  const { state, readable, meta } = useStore();
  const value = useMemo(() => sketched(readable), [readable]);
  const ask = value && state.draft.plan.product && state.draft.plan.jurisdiction ? value : null;
  const ranges = useLive(ask && JSON.stringify(ask), (signal) => api.ranges(ask!, signal));
  const product = meta.vocabulary.products.find((row) => row.id === state.draft.plan.product);
  return (
    <Panel title={t("product.facts")}>
      {product?.unit_note && <p lang="en">{product.unit_note}</p>}
      <p>{meta.wording["product"]}</p>
      {ranges.data && ranges.data.dilutions.length > 0 && (
        <>
          <h3>{t("product.dilution_held")}</h3>
          <ul lang="en">
            {ranges.data.dilutions.map((row) => (
              <li key={row.id}>
                {row.text} <span className="note">{row.source?.citation}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {ranges.data && ranges.data.dilutions.length === 0 && <p className="note">{t("product.dilution_none")}</p>}
      <p className="note">{meta.wording["ranges"]}</p>
      {ranges.error && ranges.error.fault.rule !== "missing" && <FaultMessage fault={ranges.error.fault} />}
    </Panel>
  );
}

export function ProductScreen(): ReactNode {
  const { t } = useWords();
  return (
    <ScreenFrame title={t("step.product")} lead={t("product.lead")}>
      <div className="columns">
        <div className="stack">
          <LeftOut />
          <Choice />
        </div>
        <div className="stack">
          <Vials />
          <Picture />
        </div>
        <div className="stack">
          <Handling />
        </div>
      </div>
    </ScreenFrame>
  );
}
