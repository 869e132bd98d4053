import type { ReactNode } from "react";
import { useWords } from "../i18n";
import { ScreenFrame } from "../parts/screen";
import { RESEARCH } from "../router";

export default function ResearchScreen(): ReactNode {
  const { t } = useWords();
  return (
    <ScreenFrame title={t("step.research")} lead={t("research.lead")}>
      <ul className="cards">
        {RESEARCH.filter((page) => page !== "research").map((page) => (
          <li className="card" key={page}>
            <h2>{t(`step.${page}`)}</h2>
            <p>{t(`research.${page}`)}</p>
            <div className="row">
              <a className="button" href={`#/${page}`}>
                {t("research.open")}
                <span className="hidden"> {t(`step.${page}`)}</span>
              </a>
            </div>
          </li>
        ))}
      </ul>
    </ScreenFrame>
  );
}
