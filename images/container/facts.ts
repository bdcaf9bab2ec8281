/**
 * Facts about a checkpointed container. `docs/CONTAINERS.md` lists the sources of each engine.
 *
 * @module
 */

import type { Checkpoint } from "../dump/archive.ts";
import type { BesideFile } from "../dump/surroundings.ts";
import type { Documents } from "./documents.ts";
import { type Engine, engineOf } from "./engine.ts";
import {
  at,
  firstText,
  innerJson,
  isObject,
  type Json,
  listAt,
  mapAt,
  textAt,
  textsAt,
} from "./json.ts";
import { interfacesOf, type NetworkInterface, type Port, portsOf } from "./network.ts";
import { type CriuRelease, criuReleaseOf } from "./release.ts";

/** A mount of the container. */
export interface Mount {
  /** Path in the container. */
  readonly destination: string | undefined;
  /** Kind of file system. */
  readonly type: string | undefined;
  /** Source of the mount. */
  readonly source: string | undefined;
  /** Options of mount(8). */
  readonly options: readonly string[];
}

/** A namespace of the container. */
export interface ContainerNamespace {
  /** Kind of namespace, such as `network`. */
  readonly type: string;
  /** Path of a shared namespace; undefined if the container has its own. */
  readonly path: string | undefined;
}

/** The pod that a container is in. */
export interface Pod {
  /** Its name. */
  readonly name: string | undefined;
  /** Kubernetes' namespace. */
  readonly namespace: string | undefined;
  /** Kubernetes' identifier. */
  readonly uid: string | undefined;
  /** Its identifier. */
  readonly id: string | undefined;
}

/** Sizes in bytes; undefined for missing parts. */
export interface Sizes {
  /** All files of the dump. */
  readonly checkpoint: number | undefined;
  /** Pages of memory. */
  readonly pages: number | undefined;
  /** Pages of AMD's graphics cards. */
  readonly amdgpuPages: number | undefined;
  /** Changes of the root file system, as stored. */
  readonly rootFsDiff: number | undefined;
  /** Contents of /dev/shm, as stored. */
  readonly devShm: number | undefined;
  /** Contents of volumes, as stored. */
  readonly volumes: number | undefined;
}

/** Facts about a checkpointed container; undefined if unknown. */
export interface ContainerFacts {
  /** Path of the checkpoint as given. */
  readonly path: string;
  /** Its name. */
  readonly name: string | undefined;
  /** Its identifier. */
  readonly id: string | undefined;
  /** The engine of the checkpoint. */
  readonly engine: Engine | undefined;
  /** Name of the OCI runtime. */
  readonly runtime: string | undefined;
  /** The image of the container. */
  readonly image: string | undefined;
  /** The image in the form that the user requested. */
  readonly imageAsked: string | undefined;
  /** Identifier of that image. */
  readonly imageId: string | undefined;
  /** RFC 3339. */
  readonly created: string | undefined;
  /** RFC 3339. */
  readonly checkpointed: string | undefined;
  /** Whether `checkpointed` is only the time of the dump's files. */
  readonly isFileTime: boolean;
  /** Whether the container had been restored before. */
  readonly restored: boolean | undefined;
  /** RFC 3339. */
  readonly restoredAt: string | undefined;
  /** The pod of the container. */
  readonly pod: Pod;
  /** The release of CRIU that made the dump. */
  readonly criu: CriuRelease | undefined;
  /** Host name inside the container. */
  readonly hostname: string | undefined;
  /** The command line. */
  readonly command: readonly string[];
  /** The image's entry point. */
  readonly entrypoint: readonly string[];
  /** Working directory of the first process. */
  readonly cwd: string | undefined;
  /** User and group of the first process. */
  readonly user: string | undefined;
  /** Whether it has a terminal. */
  readonly terminal: boolean | undefined;
  /** Initial environment, as `NAME=VALUE`. */
  readonly environment: readonly string[];
  /** Labels by name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations of the OCI runtime's configuration. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Interfaces with their addresses. */
  readonly networks: readonly NetworkInterface[];
  /** Published ports of the container. */
  readonly ports: readonly Port[];
  /** Mounts of the OCI configuration. */
  readonly mounts: readonly Mount[];
  /** Bind mounts as CRI-O lists them. */
  readonly bindMounts: readonly Json[];
  /** Namespaces of the OCI configuration. */
  readonly namespaces: readonly ContainerNamespace[];
  /** Path of the control group. */
  readonly cgroupPath: string | undefined;
  /** Label of its processes. */
  readonly selinuxLabel: string | undefined;
  /** Profile of its processes. */
  readonly apparmorProfile: string | undefined;
  /** Whether system calls are filtered. */
  readonly seccomp: boolean;
  /** Sizes of the parts of the checkpoint. */
  readonly sizes: Sizes;
  /** Number of paths of the image that the container deleted. */
  readonly deletedFiles: number;
  /** Name of the checkpoint image. */
  readonly checkpointRef: string | undefined;
  /** Digest of that image. */
  readonly checkpointDigest: string | undefined;
  /** Annotations of that image. */
  readonly imageAnnotations: Readonly<Record<string, string>>;
}

/** Kubernetes' labels, for CRI-O and for containerd. */
const CRI_O = "io.kubernetes.";
const CONTAINERD = "io.kubernetes.cri.";
/** Annotations of images in checkpointctl's form. */
const CRIU = "org.criu.checkpoint.";

/** Collects the facts about a checkpointed container. */
export function factsOf(checkpoint: Checkpoint, documents: Documents): ContainerFacts {
  const { annotations, imageAnnotations } = documents;
  const [config, spec] = [documents.get("config"), documents.get("spec")];
  const { beside } = checkpoint;
  return {
    path: checkpoint.path,
    name: nameOf(documents),
    id: textAt(config, "id") ?? textAt(documents.get("docker"), "ID") ?? idInPath(checkpoint.path),
    engine: engineOf(checkpoint, documents),
    runtime: firstText(
      textAt(config, "runtime"),
      textAt(config, "ociRuntime"),
      imageAnnotations["io.containerd.checkpoint.runtime"],
      imageAnnotations[`${CRIU}runtime.name`],
      imageAnnotations["io.podman.annotations.checkpoint.runtime.name"],
    ),
    ...imagesOf(documents),
    ...timesOf(checkpoint, documents),
    restored: booleanAt(config, "restored"),
    restoredAt: timeAt(config, "restoredTime"),
    pod: podOf(documents),
    criu: criuReleaseOf(checkpoint, imageAnnotations),
    ...processOf(documents),
    labels: labelsOf(documents),
    annotations,
    networks: interfacesOf(documents),
    ports: portsOf(documents),
    mounts: mountsOf(spec),
    bindMounts: listAt(documents.get("bindMounts")),
    namespaces: listAt(spec, "linux", "namespaces").map((one) => ({
      type: textAt(one, "type") ?? "unknown",
      path: textAt(one, "path"),
    })),
    cgroupPath: textAt(spec, "linux", "cgroupsPath"),
    selinuxLabel: textAt(config, "ProcessLabel") ?? textAt(spec, "process", "selinuxLabel"),
    apparmorProfile: textAt(config, "apparmor_profile") ??
      textAt(spec, "process", "apparmorProfile"),
    seccomp: isObject(at(spec, "linux", "seccomp")),
    sizes: sizesOf(checkpoint),
    deletedFiles: listAt(documents.get("deletedFiles")).length,
    checkpointRef: beside?.image?.ref,
    checkpointDigest: beside?.image?.digest,
    imageAnnotations,
  };
}

/** The container's own name, without Kubernetes' additions. */
function nameOf(documents: Documents): string | undefined {
  const { annotations, imageAnnotations } = documents;
  const metadata = innerJson(annotations["io.kubernetes.cri-o.Metadata"]);
  return firstText(
    textAt(metadata, "name"),
    annotations["io.kubernetes.container.name"],
    annotations[`${CONTAINERD}container-name`],
    textAt(documents.get("config"), "name"),
    textAt(documents.get("docker"), "Name")?.replace(/^\//, ""),
    imageAnnotations[`${CRIU}container.name`],
    imageAnnotations["io.podman.annotations.checkpoint.name"],
    imageAnnotations["io.kubernetes.cri-o.annotations.checkpoint.name"],
  );
}

/** The id of the container in whose directory a checkpoint is. */
function idInPath(path: string): string | undefined {
  return /(?:^|\/)(?:containers|overlay-containers)\/([0-9a-f]{64})\//.exec(path)?.[1];
}

function imagesOf(documents: Documents) {
  const [config, docker] = [documents.get("config"), documents.get("docker")];
  const { imageAnnotations, annotations } = documents;
  const image = firstText(
    textAt(config, "rootfsImageName"),
    textAt(docker, "Config", "Image"),
    annotations[`${CONTAINERD}image-name`],
    imageAnnotations[`${CRIU}rootfsImageName`],
    imageAnnotations["io.podman.annotations.checkpoint.rootfsImageName"],
    imageAnnotations["io.kubernetes.cri-o.annotations.checkpoint.rootfsImageName"],
    imageAnnotations["image.name"],
  );
  return {
    image,
    imageAsked: firstText(
      textAt(config, "RawImageName"),
      textAt(config, "rootfsImage"),
      imageAnnotations[`${CRIU}rootfsImageUserRequested`],
    ),
    imageId: firstText(
      textAt(config, "rootfsImageID"),
      textAt(config, "rootfsImageRef"),
      textAt(docker, "Image"),
      imageAnnotations[`${CRIU}rootfsImageID`],
    ),
  };
}

/** Go's zero time. */
const ZERO_TIME = /^0001-01-01T00:00:00/;

function timeAt(value: Json | undefined, ...path: string[]): string | undefined {
  const text = textAt(value, ...path);
  return text === undefined || ZERO_TIME.test(text) ? undefined : text;
}

/** Nanoseconds since 1970 as a time. */
function nanosecondsAt(value: Json | undefined, ...path: string[]): string | undefined {
  const found = at(value, ...path);
  if (typeof found !== "number" && typeof found !== "bigint") return undefined;
  const nanoseconds = BigInt(found);
  const milliseconds = Number(nanoseconds / 1_000_000n);
  if (nanoseconds <= 0n || milliseconds > 8.64e15) return undefined;
  const fraction = String(nanoseconds % 1_000_000_000n).padStart(9, "0").replace(/0+$/, "");
  const seconds = new Date(milliseconds).toISOString().slice(0, 19);
  return fraction === "" ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}

function timesOf(checkpoint: Checkpoint, documents: Documents) {
  const [config, docker] = [documents.get("config"), documents.get("docker")];
  const created = firstText(
    timeAt(config, "createdTime"),
    timeAt(docker, "Created"),
    documents.annotations["io.kubernetes.cri-o.Created"],
    nanosecondsAt(documents.get("status"), "CreatedAt"),
  );
  const said = timeAt(config, "checkpointedTime");
  const checkpointed = said ?? fileTime(checkpoint);
  return { created, checkpointed, isFileTime: said === undefined && checkpointed !== undefined };
}

/** The time of CRIU's last image, or else of the engine's files. */
function fileTime({ source, beside }: Checkpoint): string | undefined {
  const seconds = source?.modified?.("inventory.img") ||
    beside?.files.get("stats-dump")?.modified || beside?.files.get("config.dump")?.modified;
  if (!seconds || Math.abs(seconds) > 8.64e12) return undefined;
  return `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}

function podOf(documents: Documents): Pod {
  const { annotations, imageAnnotations } = documents;
  const pick = (criO: string, containerd: string, criu: string) =>
    firstText(
      annotations[CRI_O + criO],
      annotations[CONTAINERD + containerd],
      imageAnnotations[CRIU + criu],
    );
  return {
    name: pick("pod.name", "sandbox-name", "pod.name"),
    namespace: pick("pod.namespace", "sandbox-namespace", "pod.namespace"),
    uid: pick("pod.uid", "sandbox-uid", "pod.uid"),
    id: firstText(
      annotations["io.kubernetes.cri-o.SandboxID"],
      annotations[`${CONTAINERD}sandbox-id`],
      textAt(documents.get("config"), "pod"),
      imageAnnotations[`${CRIU}pod.id`],
    ),
  };
}

function processOf(documents: Documents) {
  const [config, spec, docker] = [
    documents.get("config"),
    documents.get("spec"),
    documents.get("docker"),
  ];
  const process = at(spec, "process");
  const args = textsAt(process, "args");
  const path = textAt(docker, "Path");
  return {
    hostname: textAt(spec, "hostname") ?? textAt(docker, "Config", "Hostname"),
    command: args.length > 0 || path === undefined ? args : [path, ...textsAt(docker, "Args")],
    entrypoint: textsAt(config, "entrypoint"),
    cwd: textAt(process, "cwd") ?? textAt(docker, "Config", "WorkingDir"),
    user: userOf(process) ?? textAt(docker, "Config", "User"),
    terminal: booleanAt(process, "terminal") ?? booleanAt(docker, "Config", "Tty"),
    environment: process === undefined ? textsAt(docker, "Config", "Env") : textsAt(process, "env"),
  };
}

/** `UID:GID`, with further groups in brackets. */
function userOf(process: Json | undefined): string | undefined {
  const uid = at(process, "user", "uid");
  if (typeof uid !== "number") return undefined;
  const gid = at(process, "user", "gid");
  return typeof gid === "number" ? `${uid}:${gid}` : String(uid);
}

function labelsOf(documents: Documents): Record<string, string> {
  const criO = innerJson(documents.annotations["io.kubernetes.cri-o.Labels"]);
  for (
    const labels of [
      mapAt(documents.get("config"), "labels"),
      mapAt(criO),
      mapAt(documents.get("criStatus"), "labels"),
      mapAt(documents.get("docker"), "Config", "Labels"),
    ]
  ) if (Object.keys(labels).length > 0) return labels;
  return {};
}

function mountsOf(spec: Json | undefined): Mount[] {
  return listAt(spec, "mounts").map((mount) => ({
    destination: textAt(mount, "destination"),
    type: textAt(mount, "type"),
    source: textAt(mount, "source"),
    options: textsAt(mount, "options"),
  }));
}

function booleanAt(value: Json | undefined, ...path: string[]): boolean | undefined {
  const found = at(value, ...path);
  return typeof found === "boolean" ? found : undefined;
}

/** The sizes, each determined on demand, because a dump may have many files. */
function sizesOf({ source, beside }: Checkpoint): Sizes {
  const sum = (files: Iterable<readonly [string, number | BesideFile]>, wanted: RegExp) => {
    let total: number | undefined;
    for (const [name, file] of files) {
      if (!wanted.test(name)) continue;
      total = (total ?? 0) + (typeof file === "number" ? file : file.size);
    }
    return total;
  };
  const images = source?.files ?? new Map<string, number>();
  const others = beside?.files ?? new Map<string, BesideFile>();
  return {
    get checkpoint() {
      return sum(images, /./);
    },
    get pages() {
      return sum(images, /^pages-\d+\.img$/);
    },
    get amdgpuPages() {
      return sum(images, /^amdgpu-pages-/);
    },
    get rootFsDiff() {
      return sum(others, /^rootfs-diff\.tar$/);
    },
    get devShm() {
      return sum(others, /^devshm-checkpoint\.tar$/);
    },
    get volumes() {
      return sum(others, /^volumes\//);
    },
  };
}
