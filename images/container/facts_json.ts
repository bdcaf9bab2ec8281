/**
 * What is known of a container, for programs. The keys are those of docs/CONTAINERS.md.
 *
 * @module
 */

import type { Documents } from "./documents.ts";
import type { ContainerFacts } from "./facts.ts";

/** Facts as JSON has them; what is not known is null. */
export function factsJson(facts: ContainerFacts, documents: Documents): Record<string, unknown> {
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
    pod: {
      name: facts.pod.name ?? null,
      namespace: facts.pod.namespace ?? null,
      uid: facts.pod.uid ?? null,
      id: facts.pod.id ?? null,
    },
    criu: facts.criu === undefined
      ? null
      : { version: facts.criu.version, version_from: facts.criu.from },
    checkpoint_size: {
      total: facts.sizes.checkpoint ?? null,
      memory_pages: facts.sizes.pages ?? null,
      amdgpu_memory_pages: facts.sizes.amdgpuPages ?? null,
      root_fs_diff: facts.sizes.rootFsDiff ?? null,
      dev_shm: facts.sizes.devShm ?? null,
      volumes: facts.sizes.volumes ?? null,
    },
    ...processJson(facts),
    networks: facts.networks.map(({ network, interface: name, addresses, mac, gateways }) => ({
      network: network ?? null,
      interface: name ?? null,
      addresses,
      mac: mac ?? null,
      gateways,
    })),
    ports: facts.ports.map(({ hostIp, hostPort, containerPort, protocol, range }) => ({
      host_ip: hostIp ?? null,
      host_port: hostPort ?? null,
      container_port: containerPort ?? null,
      protocol: protocol ?? null,
      range,
    })),
    mounts: facts.mounts.map(({ destination, type, source, options }) => ({
      destination: destination ?? null,
      type: type ?? null,
      source: source ?? null,
      options,
    })),
    namespaces: facts.namespaces.map(({ type, path }) => ({ type, path: path ?? null })),
    cgroup_path: facts.cgroupPath ?? null,
    selinux_label: facts.selinuxLabel ?? null,
    apparmor_profile: facts.apparmorProfile ?? null,
    seccomp: facts.seccomp,
    labels: facts.labels,
    annotations: facts.annotations,
    checkpoint_image: facts.checkpointDigest === undefined && facts.checkpointRef === undefined
      ? null
      : {
        ref: facts.checkpointRef ?? null,
        digest: facts.checkpointDigest ?? null,
        annotations: facts.imageAnnotations,
      },
    files: Object.fromEntries(documents.files),
  };
}

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
