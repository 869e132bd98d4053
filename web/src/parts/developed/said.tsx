// What every part of the answer about a child's years says alike.
import type { ReactNode } from "react";
import type { Assumed, Developed } from "../../api/developed";
import type { Band, Curve } from "../../api/types";
import type { Series } from "../../charts/bands";
import { useWords, type Translate } from "../../i18n";
import { shown } from "../../state/quantity";

const MONTHS = 12;

/** An age in years where it is whole, else in months. */
export function age(years: number, t: Translate): string {
  const months = Math.round(years * MONTHS);
  return months % MONTHS === 0 ? t("develop.years", { count: months / MONTHS }) : t("develop.months", { count: months });
}

export interface Said {
  found: Developed;
  plan: string;
  /** A title with the word for how well it is known. */
  marked: (key: string, title: string) => string;
  range: (band: Band, digits: number) => string;
  percent: (share: number) => string;
}

export function useSaid(found: Developed): Said {
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

export function Why({ found, of }: { found: Developed; of: string }): ReactNode {
  const why = found.status[of]?.why;
  return why ? (
    <p className="note" lang="en">
      {why}.
    </p>
  ) : null;
}

/** The ensemble with its band first, then each preset as a line of its own dashes. */
export function beside(curves: [Assumed, Curve][], at: number[], t: Translate): Series[] {
  const all = curves.map(
    ([name, curve]): Series => ({ name: t(`develop.${name}`), t_d: at, curve, as: name === "ensemble" ? undefined : "line" }),
  );
  return [...all.filter((one) => !one.as), ...all.filter((one) => one.as)];
}
