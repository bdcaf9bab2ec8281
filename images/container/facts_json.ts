/**
 * The facts about a container as JSON, with the keys of docs/CONTAINERS.md.
 *
 * @module
 */

import type { Documents } from "./documents.ts";
import type { ContainerFacts, Mount, Pod, Sizes } from "./facts.ts";
import type { NetworkInterface, Port } from "./network.ts";

/** Facts as JSON; unknown ones are null. */
export function factsJson(facts: ContainerFacts, documents: Documents): Record<string, unknown> {
  return {
    ...originJson(facts),
    pod: podJson(facts.pod),
    criu: facts.criu === undefined
      ? null
      : { version: facts.criu.version, version_from: facts.criu.from },
    checkpoint_size: sizesJson(facts.sizes),
    ...processJson(facts),
    networks: facts.networks.map(networkJson),
    ports: facts.ports.map(portJson),
    mounts: facts.mounts.map(mountJson),
    namespaces: facts.namespaces.map(({ type, path }) => ({ type, path: path ?? null })),
    ...securityJson(facts),
    labels: facts.labels,
    annotations: facts.annotations,
    checkpoint_image: checkpointImageJson(facts),
    files: Object.fromEntries(documents.files),
  };
}

/** Names, engine, image and times. */
function originJson(facts: ContainerFacts): Record<string, unknown> {
  return {
    dump: facts.path,
    container_name: facts.name ?? null,
    id: facts.id ?? null,
    engine: facts.engine ?? null,
    runtime: facts.runtime ?? null,
    image: facts.image ?? null,
    image_asked: facts.imageAsked ?? null,
    image_id: facts.imageId ?? null,
    created: facts.created ?? null,
    checkpointed: facts.checkpointed ?? null,
    checkpointed_by_file_time: facts.isFileTime,
    restored: facts.restored ?? null,
    restored_at: facts.restoredAt ?? null,
  };
}

function podJson({ name, namespace, uid, id }: Pod): Record<string, unknown> {
  return { name: name ?? null, namespace: namespace ?? null, uid: uid ?? null, id: id ?? null };
}

function sizesJson(sizes: Sizes): Record<string, unknown> {
  return {
    total: sizes.checkpoint ?? null,
    memory_pages: sizes.pages ?? null,
    amdgpu_memory_pages: sizes.amdgpuPages ?? null,
    root_fs_diff: sizes.rootFsDiff ?? null,
    dev_shm: sizes.devShm ?? null,
    volumes: sizes.volumes ?? null,
  };
}

/** The first process. */
function processJson(facts: ContainerFacts): Record<string, unknown> {
  return {
    hostname: facts.hostname ?? null,
    command: facts.command,
    entrypoint: facts.entrypoint,
    cwd: facts.cwd ?? null,
    user: facts.user ?? null,
    terminal: facts.terminal ?? null,
    environment: facts.environment,
  };
}

function networkJson({ network, interface: name, addresses, mac, gateways }: NetworkInterface) {
  return {
    network: network ?? null,
    interface: name ?? null,
    addresses,
    mac: mac ?? null,
    gateways,
  };
}

function portJson({ hostIp, hostPort, containerPort, protocol, range }: Port) {
  return {
    host_ip: hostIp ?? null,
    host_port: hostPort ?? null,
    container_port: containerPort ?? null,
    protocol: protocol ?? null,
    range,
  };
}

function mountJson({ destination, type, source, options }: Mount) {
  return {
    destination: destination ?? null,
    type: type ?? null,
    source: source ?? null,
    options,
  };
}

function securityJson(facts: ContainerFacts): Record<string, unknown> {
  return {
    cgroup_path: facts.cgroupPath ?? null,
    selinux_label: facts.selinuxLabel ?? null,
    apparmor_profile: facts.apparmorProfile ?? null,
    seccomp: facts.seccomp,
  };
}

/** The OCI image that holds the checkpoint; null if the checkpoint is not in one. */
function checkpointImageJson(facts: ContainerFacts): Record<string, unknown> | null {
  if (facts.checkpointDigest === undefined && facts.checkpointRef === undefined) return null;
  return {
    ref: facts.checkpointRef ?? null,
    digest: facts.checkpointDigest ?? null,
    annotations: facts.imageAnnotations,
  };
}
