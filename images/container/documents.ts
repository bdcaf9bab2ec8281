/**
 * What container engines have written down of a container that they checkpointed.
 *
 * @module
 */

import type { Checkpoint } from "../dump/archive.ts";
import { CritError } from "../errors.ts";
import { type Json, mapAt, readJson } from "./json.ts";

/** Files of JSON that engines put beside a dump, by what they are called here. */
const FILES = {
  config: "config.dump",
  spec: "spec.dump",
  network: "network.status",
  bindMounts: "bind.mounts",
  deletedFiles: "deleted.files",
  /** containerd's own state of the container. */
  status: "status",
  /** containerd: ContainerStatus of Kubernetes' CRI. */
  criStatus: "status.dump",
  pod: "pod.options",
  /** Docker's configuration of the container. */
  docker: "config.v2.json",
} as const;

/** Kinds of documents. */
export type DocumentKind = keyof typeof FILES;

/** The documents of a checkpoint. */
export interface Documents {
  /** Each document's name and contents, in the order in which engines write them. */
  readonly files: ReadonlyMap<string, Json>;
  /** A document; undefined when it is not there. */
  get(kind: DocumentKind): Json | undefined;
  /** Annotations of the OCI runtime's configuration. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Annotations of the image that the checkpoint is in. */
  readonly imageAnnotations: Readonly<Record<string, string>>;
  /** What is wrong with documents that are there. */
  readonly faults: readonly CritError[];
}

/** Reads all documents of a checkpoint. */
export function documentsOf({ beside }: Checkpoint): Documents {
  const files = new Map<string, Json>();
  const faults: CritError[] = [];
  for (const name of Object.values(FILES)) {
    if (!beside?.files.has(name)) continue;
    try {
      const json = readJson(beside, name);
      if (json !== undefined) files.set(name, json);
    } catch (error) {
      if (!(error instanceof CritError)) throw error;
      faults.push(error);
    }
  }
  const get = (kind: DocumentKind) => files.get(FILES[kind]);
  return {
    files,
    get,
    annotations: mapAt(get("spec"), "annotations"),
    imageAnnotations: beside?.image?.annotations ?? {},
    faults,
  };
}
