/** Numbers and times as people write them. @module */

/** `1.2 s`, `340 ms` or `12 µs`. */
export function timeText(microseconds: number): string {
  if (microseconds >= 60e6) {
    const seconds = Math.round(microseconds / 1e6);
    return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  if (microseconds >= 1e6) return `${(microseconds / 1e6).toFixed(2)} s`;
  if (microseconds >= 1e3) return `${(microseconds / 1e3).toFixed(1)} ms`;
  return `${microseconds} µs`;
}

/** `2 h 5 min`, `3 min 20 s` or `1.5 s`. */
export function secondsText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole >= 86400) return `${Math.floor(whole / 86400)} d ${Math.floor(whole % 86400 / 3600)} h`;
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
  return timeText(Math.round(seconds * 1e6));
}

/** `1 task`, `2,000 tasks`. */
export function countText(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** `28 Nov 2026, 10:03` in the reader's time zone. */
export function dateText(iso: string): string {
  return new Date(iso).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}
