import type { ReactNode } from "react";
import type { Running } from "../api/jobs";
import { useWords } from "../i18n";
import { Badge, FaultMessage } from "./severity";

/** How far a long question is, with a way to end it. */
export function JobLine<T>({ job }: { job: Running<T> }): ReactNode {
  const { t } = useWords();
  const going = job.state === "waiting" || job.state === "running";
  return (
    <div>
      <div className="progress" role="status">
        {going && (
          <>
            <span>{t(`job.${job.state}`)}</span>
            <progress max={1} value={job.progress} aria-label={t("job.progress")} />
            <span>{Math.round(job.progress * 100)} %</span>
          </>
        )}
        {job.state === "done" && (job.stale ? <Badge kind="warning">{t("job.stale")}</Badge> : <span>{t("job.done")}</span>)}
        {job.state === "cancelled" && <span>{t("job.cancelled")}</span>}
      </div>
      {going && (
        <button type="button" onClick={job.cancel}>
          {t("job.cancel")}
        </button>
      )}
      <FaultMessage fault={job.fault} />
    </div>
  );
}
