import type { ReactNode } from "react";
import { useWords } from "../i18n";
import { ScreenFrame } from "../parts/screen";

export default function SensitivityScreen(): ReactNode {
  const { t } = useWords();
  return <ScreenFrame title={t("step.sensitivity")}><p>{t("loading")}</p></ScreenFrame>;
}
