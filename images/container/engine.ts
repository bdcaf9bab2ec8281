/** Detects the container engine of a checkpoint. @module */

import type { Checkpoint } from "../dump/archive.ts";
import type { Documents } from "./documents.ts";
import { textAt } from "./json.ts";

/** Container engines, in their own spelling. */
export type Engine =
  | "Podman"
  | "CRI-O"
  | "containerd"
  | "Docker"
  | "Incus"
  | "LXC"
  | "runc or crun";

/** Values of the annotation `io.container.manager` of libpod and CRI-O. */
const MANAGERS: Readonly<Record<string, Engine>> = { "libpod": "Podman", "cri-o": "CRI-O" };

/** Engines by the prefixes of their image annotations. */
const IMAGE_PREFIXES: ReadonlyArray<readonly [prefix: string, engine: Engine]> = [
  ["io.podman.annotations.checkpoint.", "Podman"],
  ["io.kubernetes.cri-o.annotations.checkpoint.", "CRI-O"],
  ["io.containerd.checkpoint.", "containerd"],
];

/** Annotation with an engine's name in images of checkpointctl's form. */
const ENGINE_NAME = "org.criu.checkpoint.engine.name";

/** Engines by their names in checkpointctl's form. */
const NAMES: Readonly<Record<string, Engine>> = {
  podman: "Podman",
  libpod: "Podman",
  "cri-o": "CRI-O",
  containerd: "containerd",
  docker: "Docker",
};

/** The engine of a checkpoint; undefined if unknown. */
export function engineOf(checkpoint: Checkpoint, documents: Documents): Engine | undefined {
  const { annotations, imageAnnotations } = documents;
  const manager = MANAGERS[annotations["io.container.manager"] ?? ""];
  if (manager !== undefined) return manager;
  const { source, beside } = checkpoint;
  const isContainerd = (beside?.files.has("status") ?? false) ||
    Object.keys(annotations).some((key) => key.startsWith("io.kubernetes.cri."));
  if (isContainerd) return "containerd";
  const keys = Object.keys(imageAnnotations);
  const image = IMAGE_PREFIXES.find(([prefix]) => keys.some((key) => key.startsWith(prefix)));
  if (image !== undefined) return image[1];
  const named = NAMES[(imageAnnotations[ENGINE_NAME] ?? "").toLowerCase()];
  if (named !== undefined) return named;
  if (beside?.image?.spec !== undefined) return "containerd";
  if (documents.get("docker") !== undefined) return "Docker";
  if (/(^|\/)containers\/[0-9a-f]{64}\/checkpoints\/[^/]+\/?$/.test(checkpoint.path)) {
    return "Docker";
  }
  if (source?.files.has("tty.info") || source?.files.has("pre-dump.log")) return "LXC";
  if (beside?.files.has("backup.yaml")) return "Incus";
  if (documents.get("config") !== undefined) return configsEngine(documents);
  return source?.files.has("descriptors.json") ? "runc or crun" : undefined;
}

/** Detects an engine by keys that only its config.dump has. */
function configsEngine(documents: Documents): Engine | undefined {
  const config = documents.get("config");
  if (textAt(config, "rootfsImageID") !== undefined) return "Podman";
  if (textAt(config, "checkpointedTime") !== undefined) return "CRI-O";
  return undefined;
}
