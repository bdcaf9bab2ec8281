/** Detects the release of CRIU that dumped a container. @module */

import { readUpTo } from "../archive/bytes.ts";
import { decodeText } from "../bytes/utf8.ts";
import type { Checkpoint } from "../dump/archive.ts";

/** A release of CRIU with its source. */
export interface CriuRelease {
  /** `4.2` */
  readonly version: string;
  /** `dump.log`, or the key of an annotation. */
  readonly from: string;
}

/** Size of the beginning of a log that is read: its fourth line has the version. */
const LOG_BEGIN = 1 << 16;

/** Annotations of images with CRIU's version: a number, `40200`, or a version. */
const ANNOTATIONS: readonly string[] = [
  "org.criu.checkpoint.criu.version",
  "io.podman.annotations.checkpoint.criu.version",
  "io.kubernetes.cri-o.annotations.checkpoint.criu.version",
];

/** CRIU's release from its log or an annotation. */
export function criuReleaseOf(
  { source, beside }: Checkpoint,
  imageAnnotations: Readonly<Record<string, string>>,
): CriuRelease | undefined {
  for (const open of [() => openIn(source), () => beside?.open("dump.log")]) {
    const opened = open();
    if (opened === undefined) continue;
    using file = opened;
    const text = decodeText(readUpTo(file, 0, LOG_BEGIN));
    const version = /^\(\d+\.\d+\)\s+Version: (\S+)/m.exec(text)?.[1];
    if (version !== undefined) return { version, from: "dump.log" };
  }
  for (const from of ANNOTATIONS) {
    const version = versionOf(imageAnnotations[from] ?? "");
    if (version !== undefined) return { version, from };
  }
  return undefined;
}

function openIn(source: Checkpoint["source"]) {
  return source?.files.has("dump.log") ? source.open("dump.log") : undefined;
}

/** `4.2` for `40200`, `4.1.1` for `40101`; other versions are unchanged. */
function versionOf(text: string): string | undefined {
  if (/^\d+\.\d+/.test(text)) return text;
  const number = /^\d{5,6}$/.test(text) ? Number(text) : undefined;
  if (number === undefined) return undefined;
  const [major, minor, patch] = [
    Math.floor(number / 10_000),
    Math.floor(number / 100) % 100,
    number % 100,
  ];
  return patch === 0 ? `${major}.${minor}` : `${major}.${minor}.${patch}`;
}
