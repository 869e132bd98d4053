// The needles of an answer in fields: what the section does by hand, in numbers.
import { useEffect, useState, type ReactNode } from "react";
import { useWords } from "../i18n";
import { LIMITS, type Needle } from "../state/needle";
import { Field, QuantityField } from "./fields";

const PERCENT = 100;

/** A number of a needle; arrow keys step it, and only what lies within its bounds is told on. */
function NumberField({
  label,
  unit,
  value,
  bounds: [low, high],
  onChange,
}: {
  label: string;
  unit: string;
  value: number;
  bounds: readonly [number, number];
  onChange: (value: number) => void;
}): ReactNode {
  const { t } = useWords();
  const [typed, setTyped] = useState(String(value));
  const read = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text.replace("−", "-").replace(",", ".")));
  const held = (number: number): boolean => number >= low && number <= high;
  useEffect(() => setTyped((was) => (read(was) === value ? was : String(value))), [value]);
  const change = (text: string): void => {
    setTyped(text);
    if (held(read(text))) onChange(read(text));
  };
  const wrong = held(read(typed)) ? undefined : t("trainer.bounds", { low, high });
  return (
    <Field label={`${label}, ${unit}`} error={wrong}>
      {(tied) => (
        <input
          {...tied}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          value={typed}
          onChange={(event) => change(event.target.value)}
          onKeyDown={(event) => {
            const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
            if (by === undefined) return;
            event.preventDefault();
            change(String(Math.min(high, Math.max(low, value + by))));
          }}
        />
      )}
    </Field>
  );
}

interface Props {
  needles: Needle[];
  chosen: number;
  onChange: (needles: Needle[], chosen: number) => void;
  onChoose: (chosen: number) => void;
  onRemove: (index: number) => void;
}

export function NeedleFields({ needles, chosen, onChange, onChoose, onRemove }: Props): ReactNode {
  const { t } = useWords();
  const number = (needle: Needle, index: number, name: Exclude<keyof Needle, "dose">, unit: string, scale = 1): ReactNode => (
    <NumberField
      label={t(`trainer.${name}`)}
      unit={unit}
      value={Number((needle[name] * scale).toFixed(1))}
      bounds={[LIMITS[name][0] * scale, LIMITS[name][1] * scale]}
      onChange={(value) => onChange(needles.toSpliced(index, 1, { ...needle, [name]: value / scale }), index)}
    />
  );
  return needles.map((needle, index) => (
    <fieldset key={index} className={`group needle-fields${index === chosen ? " chosen" : ""}`} onFocus={() => onChoose(index)}>
      <legend>{t("trainer.needle", { number: index + 1 })}</legend>
      <div className="trio">
        {number(needle, index, "at", "%", PERCENT)}
        {number(needle, index, "angle_deg", "°")}
        {number(needle, index, "depth_mm", "mm")}
        {number(needle, index, "tilt_deg", "°")}
        <QuantityField
          label={t("trainer.dose")}
          units={["U"]}
          value={needle.dose}
          onChange={(dose) => onChange(needles.toSpliced(index, 1, { ...needle, dose }), index)}
        />
        <button type="button" onClick={() => onRemove(index)}>
          {t("trainer.remove")}
          <span className="hidden"> {t("trainer.needle", { number: index + 1 })}</span>
        </button>
      </div>
    </fieldset>
  ));
}
