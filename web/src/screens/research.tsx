import type { ReactNode } from "react";
import { useWords } from "../i18n";
import { ScreenFrame } from "../parts/screen";

export default function ResearchScreen(): ReactNode {
  const { t } = useWords();
  return <ScreenFrame title={t("step.research")}><p>{t("loading")}</p></ScreenFrame>;
}
