// Text quantities ("12.5 U") to and from fields. A comma or a point is the decimal sign; groups of digits are refused.

export interface Quantity {
  number: string;
  unit: string;
}

const NUMBER = /^\d+([.,]\d+)?$/;

// "1.000" and "12,500": thousands to one reader, decimals to another. In a file a point is the decimal sign.
const AMBIGUOUS = /^[1-9]\d{0,2}[.,]\d\d0$/;
const THREE = /^[1-9]\d{0,2}[.,]\d{3}$/;

/** The two readings of what is typed, where it can be read with a separator of thousands; null otherwise. */
export function readings(typed: string): { number: string; thousands: string } | null {
  const text = typed.trim();
  if (!THREE.test(text)) return null;
  return { number: String(Number(text.replace(",", "."))), thousands: text.replace(/[.,]/, "") };
}

/** The number typed, with a point; null where it is no plain number, or may be meant as thousands. */
export function plainNumber(typed: string): string | null {
  const text = typed.trim();
  return NUMBER.test(text) && !AMBIGUOUS.test(text) ? text.replace(",", ".") : null;
}

// Stands between what is typed and its unit where that is no number, so that the server refuses it and nothing is lost.
const UNREAD = " ? ";
const UNREAD_IN = /'([^']*) \? [^']*'/;

/** What was typed where a message is about a number that was not read; null for any other message. */
export function unread(message: string): string | null {
  return UNREAD_IN.exec(message)?.[1] ?? null;
}

/** "12.5 U" as number and unit; the unit falls back to the given one. */
export function split(text: string | null | undefined, unit: string): Quantity {
  const unread = text?.split(UNREAD);
  if (unread?.length === 2) return { number: unread[0] ?? "", unit: unread[1] || unit };
  const found = /^\s*(-?[\d.,]+)\s*(.*)$/.exec(text ?? "");
  return { number: found?.[1] ?? "", unit: found?.[2]?.trim() || unit };
}

/** "12,5" and "U" as "12.5 U"; "" where nothing is typed. What is no number stays as typed, to be refused at its field. */
export function join(typed: string, unit: string): string {
  const text = typed.trim();
  if (!text) return "";
  const number = plainNumber(text);
  return number === null ? `${text}${UNREAD}${unit}` : `${number} ${unit}`;
}

const YEARS: Record<string, number> = { y: 1, mo: 1 / 12, wk: 7 / 365.25, d: 1 / 365.25 };

/** An age in years; null where none is stated. */
export function years(age: string | null | undefined): number | null {
  const { number, unit } = split(age, "y");
  const value = plainNumber(number);
  const scale = YEARS[unit];
  return value === null || scale === undefined ? null : Number(value) * scale;
}

/** The number of a quantity; null where it is empty. */
export function amount(text: string | null | undefined): number | null {
  const value = plainNumber(split(text, "").number);
  return value === null ? null : Number(value);
}

/** A number for reading: at most `digits` decimals, the language's decimal sign, a dash for nothing. */
export function shown(value: number | null | undefined, digits: number, language: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const text = new Intl.NumberFormat(language, { maximumFractionDigits: digits, useGrouping: false }).format(value);
  return text === "-0" ? "0" : text.replace("-", "−");
}
