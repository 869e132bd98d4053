import type { ReactNode } from "react";
import { useWords } from "../i18n";
import { ScreenFrame } from "../parts/screen";

export default function NextScreen(): ReactNode {
  const { t } = useWords();
  return <ScreenFrame title={t("step.next")}><p>{t("loading")}</p></ScreenFrame>;
}
