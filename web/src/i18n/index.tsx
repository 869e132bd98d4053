// Sentences of the app by language: both files hold the same keys (a test compares them). Words of the field are the server's.
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { speak } from "../api/client";
import en from "./en.json";
import es from "./es.json";

const LANGUAGES: Record<string, Record<string, string>> = { en, es };
const PLACE = "endplate.language";

export type Translate = (key: string, values?: Record<string, string | number>) => string;

interface Words {
  language: string;
  setLanguage: (language: string) => void;
  t: Translate;
  /** Takes the words of the field as the server says them. */
  learn: (terms: Record<string, string>) => void;
  /** An id of the vocabulary in words: "biceps_brachii" as "biceps brachii". */
  term: (id: string | null | undefined) => string;
  /** The same with a capital, where it stands alone. */
  name: (id: string | null | undefined) => string;
}

const Context = createContext<Words | null>(null);

export function fill(text: string, values?: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values?.[name] ?? ""));
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function first(): string {
  const language = localStorage.getItem(PLACE) ?? (navigator.language.startsWith("es") ? "es" : "en");
  speak(language);
  return language;
}

export function LanguageProvider({ children }: { children: ReactNode }): ReactNode {
  const [language, setState] = useState(first);
  const [terms, learn] = useState<Record<string, string>>({});
  const held: Record<string, string> = LANGUAGES[language] ?? en;
  const t = useCallback<Translate>((key, values) => fill(held[key] ?? key, values), [held]);
  const term = useCallback((id: string | null | undefined): string => (id ? (terms[id] ?? id.replaceAll("_", " ")) : ""), [terms]);
  const name = useCallback((id: string | null | undefined): string => capital(term(id)), [term]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const words = useMemo<Words>(
    () => ({
      language,
      t,
      term,
      name,
      learn,
      setLanguage: (next) => {
        localStorage.setItem(PLACE, next);
        speak(next);
        setState(next);
      },
    }),
    [language, t, term, name],
  );
  return <Context.Provider value={words}>{children}</Context.Provider>;
}

export function useWords(): Words {
  const words = useContext(Context);
  if (!words) throw new Error("useWords outside LanguageProvider");
  return words;
}
