/** Rules about each image by itself. @module */

import { CritError } from "../../errors.ts";
import { LONGEST_HEAD } from "../../image/head.ts";
import { NEWEST_NAME } from "../../releases/releases.ts";
import type { CheckContext } from "../context.ts";
import type { FieldFaultKind } from "../payload.ts";
import type { Finding, Rule } from "../rule.ts";
import type { ImageScan } from "../scan.ts";

const FETCH = "fetch {image} again from where the dump was made, or make the dump again";

/** Whether the file is long enough for its magic, and the magic is of no known image type. */
function hasNoKnownMagic(scan: ImageScan): boolean {
  return scan.error?.kind === "data" && scan.type === undefined && scan.size >= LONGEST_HEAD;
}

/** Every file can be read: what is in the others is not known. */
const imageReadable: Rule = {
  id: "image-readable",
  severity: "error",
  summary: "the user can read every image",
  explanation: "The contents of an unreadable image are unknown.",
  fix: "run crit as a user who can read {image}, such as root",
  *check({ dump, scans }) {
    for (const scan of scans.values()) {
      const { error } = scan;
      if (error?.kind === "file") yield { image: scan.name, message: error.reason };
    }
    for (const { name, type } of dump.dumpFiles) {
      if (type === undefined || scans.has(name)) continue;
      try {
        dump.source.open(name)[Symbol.dispose]();
      } catch (error) {
        if (!(error instanceof CritError)) throw error;
        yield { image: name, message: error.reason };
      }
    }
  },
};

/** Every image ends where an entry does, and each entry is a valid message. */
const imageWhole: Rule = {
  id: "image-whole",
  severity: "error",
  summary: "every image can be read to its last byte",
  explanation: "CRIU stops at an image that ends inside an entry or has an invalid message.",
  fix: FETCH,
  *check({ scans }) {
    for (const scan of scans.values()) {
      const { error } = scan;
      if (error === undefined || error.kind === "file" || hasNoKnownMagic(scan)) continue;
      const { name } = scan;
      const { entry, offset, field } = error.place;
      yield { image: name, entry, offset, field, message: reasonOf(error) };
    }
  },
};

function reasonOf({ reason, hint }: { reason: string; hint?: string }): string {
  return hint === undefined ? reason : `${reason} (${hint})`;
}

/** The magic is known and is the one that goes with the file's name. */
const imageMagic: Rule = {
  id: "image-magic",
  severity: "error",
  summary: "an image's magic number agrees with its file name",
  explanation: "CRIU opens images by name and refuses one with another type's magic number.",
  fix: FETCH,
  *check({ scans }) {
    for (const scan of scans.values()) {
      const { expected, type, error } = scan;
      if (hasNoKnownMagic(scan)) yield { image: scan.name, message: reasonOf(error!) };
      else if (type !== undefined && type !== expected) {
        yield {
          image: scan.name,
          message: `its magic says ${type.name}, its name ${expected.name}`,
        };
      }
    }
  },
};

/** What is wrong with fields of one kind. */
function* faults(
  { scans }: CheckContext,
  kind: FieldFaultKind,
  messageOf: (detail: string, count: number) => string,
): Generator<Finding> {
  for (const scan of scans.values()) {
    for (const { kind: found, entry, offset, path, detail, count } of scan.faults) {
      if (found !== kind) continue;
      const { name } = scan;
      const field = path === "" ? undefined : path;
      yield { image: name, entry, offset, field, message: messageOf(detail, count) };
    }
  }
}

const fieldMissing: Rule = {
  id: "field-missing",
  severity: "error",
  summary: "required fields are present",
  explanation: "CRIU's protobuf reader refuses a message without one of its required fields.",
  fix: FETCH,
  check: (context) => faults(context, "required", () => "required field is missing"),
};

const fieldType: Rule = {
  id: "field-type",
  severity: "error",
  summary: "each field has the wire type of its declaration",
  explanation: "CRIU's protobuf reader refuses a known field of another wire type.",
  fix: FETCH,
  check: (context) =>
    faults(context, "type", (wire) => `it has wire type ${wire}, which its type cannot have`),
};

const enumKnown: Rule = {
  id: "enum-known",
  severity: "warning",
  summary: "enum values are known",
  explanation: `Only a CRIU newer than ${NEWEST_NAME} can know a value that is not in the schema.`,
  fix:
    `restore with the CRIU that made the dump; if that was ${NEWEST_NAME} or older, {image} is damaged`,
  check: (context) => faults(context, "enum", (value) => `${value} is no known value`),
};

const fieldUnknown: Rule = {
  id: "field-unknown",
  severity: "note",
  summary: "all fields are known",
  explanation:
    `A CRIU newer than ${NEWEST_NAME}, or a modified one, writes fields that are not in the schema.`,
  fix: "restore with the CRIU that made the dump, or a newer one",
  check: (context) =>
    faults(context, "unknown", (number, count) => {
      const times = count === 1 ? "" : ` (in ${count} places)`;
      return `field ${number} is not in the schema${times}`;
    }),
};

/** Image types that have exactly one entry, beside heads. */
const SINGLE = new Set([
  "INVENTORY",
  "CORE",
  "IDS",
  "MM",
  "FS",
  "CREDS",
  "UTSNS",
  "IPC_VAR",
  "USERNS",
  "PIDNS",
  "TIMENS",
  "NETNS",
  "CGROUP",
  "SECCOMP",
  "TCP_STREAM",
  "CPUINFO",
  "STATS",
]);

const entryMissing: Rule = {
  id: "entry-missing",
  severity: "error",
  summary: "images that must have an entry have one",
  explanation: "CRIU stops if the only entry of an image, or its head, is missing.",
  fix: FETCH,
  *check({ scans }) {
    for (const scan of scans.values()) {
      const { expected, type, entries, error } = scan;
      if (error !== undefined || type !== expected || entries > 0) continue;
      if (SINGLE.has(expected.name) || expected.head !== undefined) {
        yield { image: scan.name, message: "it has no entry" };
      }
    }
  },
};

const entrySurplus: Rule = {
  id: "entry-surplus",
  severity: "warning",
  summary: "images for a single entry have only one",
  explanation: "CRIU reads the first entry of such an image and never sees the others.",
  fix: "remove the other entries: `crit edit {image} -o NEW --delete '[1]'`",
  *check({ scans }) {
    for (const scan of scans.values()) {
      const { expected, type, entries, error } = scan;
      if (error !== undefined || type !== expected || entries < 2) continue;
      if (SINGLE.has(expected.name)) {
        yield {
          image: scan.name,
          entry: 1,
          message: `it has ${entries} entries, but CRIU reads only the first`,
        };
      }
    }
  },
};

export default [
  imageReadable,
  imageWhole,
  imageMagic,
  fieldMissing,
  fieldType,
  entryMissing,
  entrySurplus,
  enumKnown,
  fieldUnknown,
];
