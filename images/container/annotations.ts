/** Annotations by which container engines recognize a checkpoint image. @module */

import type { ContainerFacts } from "./facts.ts";

/** Sets of annotation keys. */
export type AnnotationForm = "criu" | "podman" | "cri-o";

/** Keys and values; undefined if unknown. */
type Pairs = Readonly<Record<string, string | undefined>>;

/** The annotations of a checkpoint in one form, without unknown ones. */
export function annotationsOf(
  form: AnnotationForm,
  facts: ContainerFacts,
  architecture: string,
): Record<string, string> {
  const [prefix, pairs] = FORMS[form](facts, architecture);
  const annotations: Record<string, string> = {};
  for (const [key, value] of Object.entries(pairs)) {
    if (value !== undefined) annotations[`${prefix}${key}`] = value;
  }
  return annotations;
}

/** The forms that an engine looks for when it restores from an image. */
export function usualForms({ engine }: ContainerFacts): AnnotationForm[] {
  if (engine === "Podman") return ["criu", "podman"];
  return engine === "CRI-O" ? ["criu", "cri-o"] : ["criu"];
}

type Form = (
  facts: ContainerFacts,
  architecture: string,
) => readonly [prefix: string, pairs: Pairs];

const FORMS: Readonly<Record<AnnotationForm, Form>> = {
  criu: (facts, architecture) => ["org.criu.checkpoint.", {
    "engine.name": facts.engine?.toLowerCase(),
    "container.name": facts.name,
    "pod.name": facts.pod.name,
    "pod.id": facts.pod.id,
    "pod.namespace": facts.pod.namespace,
    "pod.uid": facts.pod.uid,
    rootfsImageName: facts.image,
    rootfsImageUserRequested: facts.imageAsked,
    rootfsImageID: facts.imageId,
    "runtime.name": facts.runtime,
    "criu.version": versionNumber(facts),
    "host.arch": architecture,
  }],
  podman: (facts, architecture) => ["io.podman.annotations.checkpoint.", {
    name: facts.name,
    rawImageName: facts.imageAsked ?? facts.image,
    rootfsImageID: facts.imageId,
    rootfsImageName: facts.image,
    "runtime.name": facts.runtime,
    "criu.version": versionNumber(facts),
    "host.arch": architecture,
  }],
  "cri-o": (facts) => ["io.kubernetes.cri-o.annotations.checkpoint.", {
    // CRI-O recognizes a checkpoint image by this key.
    name: facts.name ?? "checkpoint",
    rawImageName: facts.imageAsked ?? facts.image,
    rootfsImageID: facts.imageId,
    rootfsImageName: facts.image,
    "criu.version": versionNumber(facts),
  }],
};

/** `40200` for 4.2, the form in which engines store CRIU's version. */
function versionNumber({ criu }: ContainerFacts): string | undefined {
  const [, major, minor, patch = "0"] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(criu?.version ?? "") ?? [];
  if (major === undefined) return undefined;
  return String(Number(major) * 10_000 + Number(minor) * 100 + Number(patch));
}
