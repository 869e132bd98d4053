import type { ReactNode } from "react";
import { useWords } from "../i18n";
import { ScreenFrame } from "../parts/screen";

export default function ReportScreen(): ReactNode {
  const { t } = useWords();
  return <ScreenFrame title={t("step.report")}><p>{t("loading")}</p></ScreenFrame>;
}
