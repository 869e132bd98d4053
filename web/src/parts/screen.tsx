// The frame of one screen: one h1 that takes the focus when the screen changes, and a sentence under it.
import { useEffect, useRef, type ReactNode } from "react";
import { useWords } from "../i18n";

// The heading of the screen before; null until one was shown.
let shownBefore: HTMLElement | null = null;

export function ScreenFrame({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }): ReactNode {
  const head = useRef<HTMLHeadingElement>(null);
  const { t } = useWords();
  useEffect(() => {
    document.title = `${title} – endplate`;
  }, [title]);
  useEffect(() => {
    // The first screen of a visit leaves the focus alone, so that the skip link comes first.
    const first = shownBefore === null || shownBefore === head.current;
    shownBefore = head.current;
    if (first) return;
    head.current?.focus();
    window.scrollTo(0, 0);
  }, []);
  return (
    <main id="main" aria-label={t("main")}>
      <h1 ref={head} tabIndex={-1}>
        {title}
      </h1>
      {lead && <p className="lead">{lead}</p>}
      {children}
    </main>
  );
}

export function Panel({ title, children, className }: { title: string; children: ReactNode; className?: string }): ReactNode {
  return (
    <section className={className ? `panel ${className}` : "panel"}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Rows of cells; the first cell of each row is its head. Numbers (by column) stand right. */
export function Table({
  caption,
  heads,
  rows,
  numbers = [],
}: {
  caption: string;
  heads: ReactNode[];
  rows: ReactNode[][];
  numbers?: number[];
}): ReactNode {
  const side = (column: number): string | undefined => (numbers.includes(column) ? "number" : undefined);
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {heads.map((head, column) => (
              <th key={column} scope="col" className={side(column)}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) =>
                column === 0 ? (
                  <th key={column} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={column} className={side(column)}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Facts({ rows }: { rows: [ReactNode, ReactNode][] }): ReactNode {
  return (
    <dl className="facts">
      {rows.map(([name, value], at) => (
        <div key={at}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
