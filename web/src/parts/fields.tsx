// Form fields: a label that is seen, a hint and an error tied to the input, the unit beside the number.
import { useEffect, useId, useState, type ReactNode } from "react";
import { useWords } from "../i18n";
import { join, plainNumber, readings, split } from "../state/quantity";
import { useDoubt, useFault } from "./faults";
import { Badge } from "./severity";

interface Shell {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  hideLabel?: boolean | undefined;
  /** Where the field stands in the draft: what is refused or asked about there is told here. */
  path?: string | undefined;
}

interface Tied {
  id?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
  "data-path"?: string;
}

/** What ties an input to its hint, its error and its question, and the three in words. */
function useTied(shell: Pick<Shell, "hint" | "error" | "path">): { tied: Tied & { id: string }; notes: ReactNode } {
  const { t } = useWords();
  const id = useId();
  const fault = useFault(shell.path);
  const asked = useDoubt(shell.path);
  const wrong = shell.error ?? (fault && `${fault.message}. ${fault.remedy ?? ""}`);
  const doubt = wrong ? undefined : asked;
  const tied: Tied & { id: string } = { id };
  const told = [shell.hint && `${id}-hint`, wrong && `${id}-error`, doubt && `${id}-doubt`].filter(Boolean).join(" ");
  if (told) tied["aria-describedby"] = told;
  if (wrong) tied["aria-invalid"] = true;
  if (shell.path) tied["data-path"] = shell.path;
  const notes = (
    <>
      {shell.hint && (
        <span className="hint" id={`${id}-hint`}>
          {shell.hint}
        </span>
      )}
      {wrong && (
        <span className="error error-text" id={`${id}-error`} role={fault ? "status" : undefined}>
          {wrong}
        </span>
      )}
      {doubt && (
        <span className="doubt" id={`${id}-doubt`} role="status">
          <Badge kind="info">{t("doubt.title")}</Badge> {doubt}
        </span>
      )}
    </>
  );
  return { tied, notes };
}

/** The label, hint, error and question around one input. */
export function Field({ label, hideLabel, children, ...shell }: Shell & { children: (tied: Tied & { id: string }) => ReactNode }): ReactNode {
  const { tied, notes } = useTied(shell);
  return (
    <div className="field">
      <label htmlFor={tied.id} className={hideLabel ? "hidden" : undefined}>
        {label}
      </label>
      {children(tied)}
      {notes}
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
  /** As of a field; only where no field stands around the box. */
  path?: string | undefined;
}

/** A number box that keeps what is typed, in the unit given; what is no number is told on as such and refused. */
export function QuantityBox({ value, unit, onChange, tied: outer, className, path }: NumberBox): ReactNode {
  const { t, language } = useWords();
  const own = useTied({ path });
  const id = useId();
  const held = split(value, unit).number;
  const [typed, setTyped] = useState(held);
  useEffect(() => {
    setTyped((was) => (was.trim() === held || (plainNumber(was) ?? "") === held ? was : language === "es" ? held.replace(".", ",") : held));
  }, [held, language]);
  const read = readings(typed);
  const wrong = typed.trim() !== "" && plainNumber(typed) === null;
  const said = read ? t(wrong ? "field.ambiguous" : "field.thousands", read) : wrong ? t("field.not_a_number") : "";
  const tied = path ? { ...own.tied, ...outer } : (outer ?? {});
  const described = [tied["aria-describedby"], said && id].filter(Boolean).join(" ");
  return (
    <>
      <input
        {...tied}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        className={className}
        value={typed}
        aria-invalid={wrong || tied["aria-invalid"] || undefined}
        aria-describedby={described || undefined}
        onChange={(event) => {
          setTyped(event.target.value);
          onChange(unit ? join(event.target.value, unit) : (plainNumber(event.target.value) ?? ""));
        }}
      />
      {said && (
        <span className={wrong ? "error-text" : "doubt"} id={id} role="status">
          {said}
        </span>
      )}
      {path && !wrong && own.notes}
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
