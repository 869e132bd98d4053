// A question over the screen: the focus goes in, Escape closes it, and the focus goes back to where it was.
import { useEffect, useId, useRef, type ReactNode } from "react";

export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }): ReactNode {
  const id = useId();
  const box = useRef<HTMLDialogElement>(null);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!box.current?.open) box.current?.showModal();
    head.current?.focus(); // the question is read before what answers it
  }, []);
  return (
    <dialog ref={box} onClose={onClose} aria-labelledby={id}>
      <h2 id={id} ref={head} tabIndex={-1}>
        {title}
      </h2>
      {children}
    </dialog>
  );
}

/** Closes the dialog around a button, so that the browser gives the focus back. */
export function closeAround(button: HTMLElement): void {
  button.closest("dialog")?.close();
}
