/** The rule that ids are unique within their kind. @module */

import type { FdTypes, Messages } from "../../../proto/types.ts";
import { fieldsOf } from "../../codec/typed.ts";
import type { CheckContext } from "../context.ts";
import { fieldOfFile } from "../references.ts";
import type { Finding, Rule } from "../rule.ts";

/** An image whose entries are known by a field. */
interface Keyed<M extends keyof Messages> {
  readonly image: string;
  readonly message: M;
  readonly field: keyof Messages[M] & string;
}

function keyed<M extends keyof Messages>(
  image: string,
  message: M,
  field: keyof Messages[M] & string,
): Keyed<M> {
  return { image, message, field };
}

/** Images whose entries have ids of their own, open files apart. */
const KEYED: readonly Keyed<keyof Messages>[] = [
  keyed("tty-info.img", "tty_info_entry", "id"),
  keyed("memfd.img", "memfd_inode_entry", "inode_id"),
  keyed("pipes-data.img", "pipe_data_entry", "pipe_id"),
  keyed("fifo-data.img", "pipe_data_entry", "pipe_id"),
] as Keyed<keyof Messages>[];

function* repeatedIn(
  context: CheckContext,
  { image, message, field }: Keyed<keyof Messages>,
): Generator<Finding> {
  const seen = new Map<unknown, number>();
  for (const [entry, value] of context.entries(image, message)) {
    const id = fieldsOf(value)[field];
    const first = seen.get(id);
    if (first === undefined) seen.set(id, entry);
    else yield { image, entry, field, message: `${id} is also the id of entry ${first}` };
  }
}

function* repeatedFiles({ files }: CheckContext): Generator<Finding> {
  const seen = new Map<FdTypes, Map<number, number>>();
  for (const [i, { entry: { type, id }, image, index: entry }] of files.all.entries()) {
    let ids = seen.get(type);
    if (ids === undefined) seen.set(type, ids = new Map());
    const first = ids.get(id);
    if (first === undefined) ids.set(id, i);
    else {
      const other = files.all[first]!;
      const message = `${type} file ${id} is also ${other.image}, entry ${other.index}`;
      yield { image, entry, field: "id", message };
    }
  }
}

function* repeatedSockets({ files }: CheckContext): Generator<Finding> {
  const seen = new Map<number, number>();
  for (const { entry: { usk, id }, image, index: entry } of files.all) {
    if (usk === undefined) continue;
    const first = seen.get(usk.ino);
    const field = fieldOfFile(image, "usk", "ino");
    if (first === undefined) seen.set(usk.ino, id);
    else {yield {
        image,
        entry,
        field,
        message: `${usk.ino} is also the inode of unix socket ${first}`,
      };}
  }
}

const idUnique: Rule = {
  id: "id-unique",
  severity: "error",
  summary: "ids are unique within their kind",
  explanation: "A reference to an id that two things have may lead to the wrong one.",
  fix: "repair {image} with `crit edit`, or make the dump again",
  *check(context) {
    yield* repeatedFiles(context);
    yield* repeatedSockets(context);
    for (const images of KEYED) yield* repeatedIn(context, images);
    for (const name of context.imagesOf("mnt_entry")) {
      yield* repeatedIn(context, keyed(name, "mnt_entry", "mnt_id") as Keyed<keyof Messages>);
    }
    const sets = new Set<number>();
    const cgroup = [...context.entries("cgroup.img", "cgroup_entry")][0]?.[1];
    for (const [i, { id }] of (cgroup?.sets ?? []).entries()) {
      if (sets.has(id)) {
        const message = `${id} is also the id of another set`;
        yield { image: "cgroup.img", entry: 0, field: `sets[${i}].id`, message };
      }
      sets.add(id);
    }
  },
};

/** The rule. */
export default [idUnique];
