// A value that this browser keeps: a screen that is left or loaded again finds it as it was.
import { useState } from "react";

export function useKept<T>(place: string, empty: T): [T, (next: T) => void] {
  const [held, setHeld] = useState<T>(() => {
    try {
      return (JSON.parse(localStorage.getItem(place) ?? "null") as T | null) ?? empty;
    } catch {
      return empty;
    }
  });
  return [
    held,
    (next) => {
      localStorage.setItem(place, JSON.stringify(next));
      setHeld(next);
    },
  ];
}
