// A value that this browser keeps, or this tab: a screen that is left or loaded again finds it as it was.
import { useState } from "react";
import type { Meta } from "../api/types";

export function useKept<T>(place: string, empty: T, where: Storage = localStorage): [T, (next: T) => void] {
  const [held, setHeld] = useState<T>(() => {
    try {
      return (JSON.parse(where.getItem(place) ?? "null") as T | null) ?? empty;
    } catch {
      return empty;
    }
  });
  return [
    held,
    (next) => {
      setHeld(next);
      try {
        where.setItem(place, JSON.stringify(next));
      } catch {
        where.removeItem(place); // no room: it lives until the page is left
      }
    },
  ];
}

/** The code of who practises. */
export const LEARNER = "endplate.learner";
export const REPORT = "endplate.report";

/** The report's language, and the sections that it leaves out. */
export interface ReportWanted {
  tongue: string;
  left: string[];
}

export function wantedOf({ tongue, left }: ReportWanted, meta: Meta): { language: "en" | "es"; sections: string[] } {
  const sections = meta.report_sections.map((row) => row.id).filter((id) => !left.includes(id));
  return { language: tongue === "es" ? "es" : "en", sections };
}
