/** Documents that container engines store beside the dump of a container. @module */

import type { Checkpoint } from "../dump/archive.ts";
import { CritError } from "../errors.ts";
import { type Json, mapAt, readJson } from "./json.ts";

/** Files with JSON that engines store beside a dump. */
const FILES = {
  config: "config.dump",
  spec: "spec.dump",
  network: "network.status",
  bindMounts: "bind.mounts",
  deletedFiles: "deleted.files",
  /** containerd: its own state of the container. */
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
  /** Name and contents of each document, in the order in which engines write them. */
  readonly files: ReadonlyMap<string, Json>;
  /** A document; undefined if it does not exist. */
  get(kind: DocumentKind): Json | undefined;
  /** Annotations of the OCI runtime's configuration. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Annotations of the image that contains the checkpoint. */
  readonly imageAnnotations: Readonly<Record<string, string>>;
  /** Faults of documents. */
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
