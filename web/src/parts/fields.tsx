// Form fields: a label that is seen, a hint and an error tied to the input, the unit beside the number.
import { useEffect, useId, useState, type ReactNode } from "react";
import { useWords } from "../i18n";
import { join, plainNumber, split } from "../state/quantity";

interface Shell {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  hideLabel?: boolean | undefined;
}

interface Tied {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

/** The label, hint and error around one input. */
export function Field({ label, hint, error, hideLabel, children }: Shell & { children: (tied: Tied) => ReactNode }): ReactNode {
  const id = useId();
  const tied: Tied = { id };
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  if (notes) tied["aria-describedby"] = notes;
  if (error) tied["aria-invalid"] = true;
  return (
    <div className="field">
      <label htmlFor={id} className={hideLabel ? "hidden" : undefined}>
        {label}
      </label>
      {children(tied)}
      {hint && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {error && (
        <span className="error" id={`${id}-error`}>
          {error}
        </span>
      )}
    </div>
  );
}

export function TextField({ value, onChange, ...shell }: Shell & { value: string; onChange: (value: string) => void }): ReactNode {
  return (
    <Field {...shell}>
      {(tied) => <input {...tied} type="text" value={value} autoComplete="off" onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}

export function DateField({ value, onChange, ...shell }: Shell & { value: string; onChange: (value: string) => void }): ReactNode {
  return (
    <Field {...shell}>{(tied) => <input {...tied} type="date" value={value} onChange={(event) => onChange(event.target.value)} />}</Field>
  );
}

interface Choice {
  value: string;
  onChange: (value: string) => void;
  options: readonly string[];
  /** The words of an option; the vocabulary's words otherwise. */
  words?: ((id: string) => string) | undefined;
  /** Words of the empty option; without it there is none. */
  empty?: string | undefined;
}

export function SelectField({ value, onChange, options, words, empty, ...shell }: Shell & Choice): ReactNode {
  const { name } = useWords();
  return (
    <Field {...shell}>
      {(tied) => (
        <select {...tied} value={value} onChange={(event) => onChange(event.target.value)}>
          {empty !== undefined && <option value="">{empty}</option>}
          {options.map((id) => (
            <option key={id} value={id}>
              {(words ?? name)(id)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface NumberBox {
  /** The quantity as text ("12.5 U"), "" for none. */
  value: string;
  unit: string;
  onChange: (value: string) => void;
  tied?: Partial<Tied> & { "aria-label"?: string };
  className?: string;
}

/** A number box that keeps what is typed and tells on only what is valid, in the unit given. */
export function QuantityBox({ value, unit, onChange, tied, className }: NumberBox): ReactNode {
  const { t, language } = useWords();
  const held = split(value, unit).number;
  const [typed, setTyped] = useState(held);
  useEffect(() => {
    setTyped((was) => ((plainNumber(was) ?? "") === held ? was : language === "es" ? held.replace(".", ",") : held));
  }, [held, language]);
  const wrong = typed.trim() !== "" && plainNumber(typed) === null;
  return (
    <>
      <input
        {...tied}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        className={className}
        value={typed}
        aria-invalid={wrong || tied?.["aria-invalid"] || undefined}
        title={wrong ? t("field.not_a_number") : undefined}
        onChange={(event) => {
          setTyped(event.target.value);
          onChange(unit ? join(event.target.value, unit) : (plainNumber(event.target.value) ?? ""));
        }}
      />
      {wrong && (
        <span className="error-text" role="status">
          {t("field.not_a_number")}
        </span>
      )}
    </>
  );
}

/** A quantity with its unit, or with a choice of units. */
export function QuantityField({
  value,
  units,
  onChange,
  ...shell
}: Shell & { value: string; units: string[]; onChange: (value: string) => void }): ReactNode {
  const { t } = useWords();
  const [chosen, setChosen] = useState(split(value, units[0] ?? "").unit);
  const unit = value ? split(value, chosen).unit : chosen;
  return (
    <Field {...shell}>
      {(tied) => (
        <span className="pair">
          <QuantityBox value={value} unit={unit} onChange={onChange} tied={tied} />
          {units.length === 1 ? (
            <span>{unit}</span>
          ) : (
            <select
              aria-label={t("field.unit_of", { label: shell.label })}
              value={unit}
              onChange={(event) => {
                setChosen(event.target.value);
                if (value) onChange(join(split(value, unit).number, event.target.value));
              }}
            >
              {units.map((one) => (
                <option key={one} value={one}>
                  {t(`unit.${one}`)}
                </option>
              ))}
            </select>
          )}
        </span>
      )}
    </Field>
  );
}

export function Tick({
  label,
  checked,
  onChange,
}: {
  label: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
}): ReactNode {
  return (
    <label className="tick">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <span>{label}</span>
    </label>
  );
}
