import type { ReactNode } from "react";
import { useWords } from "../i18n";
import { ScreenFrame } from "../parts/screen";

export default function EvidenceScreen(): ReactNode {
  const { t } = useWords();
  return <ScreenFrame title={t("step.evidence")}><p>{t("loading")}</p></ScreenFrame>;
}
