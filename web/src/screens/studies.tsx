import type { ReactNode } from "react";
import { useWords } from "../i18n";
import { ScreenFrame } from "../parts/screen";

export default function StudiesScreen(): ReactNode {
  const { t } = useWords();
  return <ScreenFrame title={t("step.studies")}><p>{t("loading")}</p></ScreenFrame>;
}
