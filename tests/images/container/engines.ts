/** What container engines write beside a dump, in their own forms. @module */

import type { Beside } from "../oci/layouts.ts";

const ID = "5f0c".repeat(16);
const IMAGE_ID = "a1b2".repeat(16);

const json = (value: unknown) => JSON.stringify(value, undefined, 2);

const MOUNTS = [
  { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
  { destination: "/data", type: "bind", source: "/srv/data", options: ["rbind", "rw"] },
  { destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["size=64m"] },
];

const PROCESS = {
  terminal: false,
  user: { uid: 1000, gid: 100 },
  args: ["/usr/bin/web", "--title", "two words"],
  env: ["PATH=/usr/bin:/bin", "LANG=C.UTF-8", "NO_VALUE"],
  cwd: "/srv",
  selinuxLabel: "system_u:system_r:container_t:s0:c1,c2",
};

const LINUX = {
  cgroupsPath: "machine.slice:libpod:5f0c",
  namespaces: [
    { type: "pid" },
    { type: "network", path: "/run/netns/netns-1" },
    { type: "mount" },
  ],
  seccomp: { defaultAction: "SCMP_ACT_ERRNO" },
};

/** Podman's files. */
export function podmanFiles(): Record<string, string | Uint8Array> {
  return {
    "config.dump": json({
      id: ID,
      name: "web",
      rootfsImageName: "docker.io/library/web:1.0",
      rootfsImageID: IMAGE_ID,
      RawImageName: "web:1.0",
      runtime: "crun",
      createdTime: "2026-03-01T10:11:12.123456789+01:00",
      labels: { "com.example.Team": "shop", maintainer: "x" },
      newPortMappings: [
        { host_ip: "", container_port: 80, host_port: 8080, range: 1, protocol: "tcp" },
        { host_ip: "127.0.0.1", container_port: 90, host_port: 9090, range: 3, protocol: "udp" },
      ],
      entrypoint: ["/usr/bin/web"],
      ProcessLabel: PROCESS.selinuxLabel,
      hugeNumber: 0,
    }).replace('"hugeNumber": 0', '"hugeNumber": 18446744073709551615'),
    "spec.dump": json({
      ociVersion: "1.0.2",
      process: PROCESS,
      hostname: "webhost",
      mounts: MOUNTS,
      annotations: {
        "io.container.manager": "libpod",
        "io.podman.annotations.autoremove": "FALSE",
      },
      linux: LINUX,
    }),
    "network.status": json({
      podman: {
        interfaces: {
          eth0: {
            subnets: [
              { ipnet: "10.88.0.9/16", gateway: "10.88.0.1" },
              { ipnet: "fd00::9/64", gateway: "fd00::1" },
            ],
            mac_address: "4e:5f:60:71:82:93",
          },
        },
      },
      second: {
        interfaces: {
          eth1: { subnets: [{ ipnet: "10.89.0.2/24" }], mac_address: "4e:5f:60:71:82:94" },
        },
      },
    }),
    "deleted.files": json(["/etc/motd", "/var/tmp/old"]),
  };
}

/** CRI-O's files. */
export function criOFiles(): Record<string, string | Uint8Array> {
  return {
    "config.dump": json({
      id: ID,
      name: "k8s_web_web-0_prod_1234-uid_0",
      rootfsImageName: "quay.io/web:2",
      rootfsImage: "quay.io/web:2",
      rootfsImageRef: `quay.io/web@sha256:${IMAGE_ID}`,
      runtime: "runc",
      createdTime: "2026-03-02T10:11:12.5Z",
      checkpointedTime: "2026-03-03T01:02:03.25Z",
      restoredTime: "0001-01-01T00:00:00Z",
      restored: false,
    }),
    "spec.dump": json({
      ociVersion: "1.1.0",
      process: PROCESS,
      hostname: "web-0",
      mounts: MOUNTS,
      annotations: {
        "io.container.manager": "cri-o",
        "io.kubernetes.cri-o.Metadata": '{"name":"web","attempt":0}',
        "io.kubernetes.cri-o.IP.0": "10.85.0.17",
        "io.kubernetes.cri-o.IP.1": "1100:200::11",
        "io.kubernetes.cri-o.SandboxID": "5a5a".repeat(16),
        "io.kubernetes.cri-o.Labels": '{"app":"web"}',
        "io.kubernetes.cri-o.PortMappings":
          '[{"protocol":0,"container_port":80,"host_port":8081,"host_ip":""}]',
        "io.kubernetes.pod.name": "web-0",
        "io.kubernetes.pod.namespace": "prod",
        "io.kubernetes.pod.uid": "1234-uid",
      },
      linux: { ...LINUX, cgroupsPath: "kubepods.slice:crio:5f0c" },
    }),
    "bind.mounts": json([
      {
        source: "/var/lib/kubelet/x",
        destination: "/etc/hosts",
        file_type: "file",
        permissions: 420,
      },
    ]),
    "dump.log": "(00.000000) Unknown argument\n(00.000123) Version: 4.1.1 (gitid 0)\n",
  };
}

/** containerd's files. */
export function containerdFiles(): Record<string, string | Uint8Array> {
  return {
    "config.dump": json({
      id: ID,
      name: "web",
      rootfsImageName: "docker.io/library/web:3",
      rootfsImage: "docker.io/library/web:3",
      rootfsImageRef: `sha256:${IMAGE_ID}`,
      runtime: "io.containerd.runc.v2",
      createdTime: "2026-03-04T10:11:12Z",
      checkpointedTime: "2026-03-05T01:02:03Z",
      restored: true,
      restoredTime: "2026-03-04T20:00:00Z",
    }),
    "spec.dump": json({
      ociVersion: "1.2.0",
      process: PROCESS,
      mounts: MOUNTS,
      annotations: {
        "io.kubernetes.cri.container-type": "container",
        "io.kubernetes.cri.container-name": "web",
        "io.kubernetes.cri.sandbox-name": "web-1",
        "io.kubernetes.cri.sandbox-namespace": "test",
        "io.kubernetes.cri.sandbox-uid": "5678-uid",
        "io.kubernetes.cri.sandbox-id": "6b6b".repeat(16),
      },
      linux: { ...LINUX, cgroupsPath: "/kubepods/burstable/pod5678/5f0c" },
    }),
    status: '{"Version":"v1","Pid":4242,"CreatedAt":1772619072123456789,"ExitCode":0}',
    "status.dump": json({ metadata: { name: "web" }, labels: { tier: "back" } }),
    "container.log": "",
  };
}

/** The files of each engine whose archives checkpointctl reads. */
export const ENGINE_FILES: Readonly<Record<string, () => Beside>> = {
  Podman: podmanFiles,
  "CRI-O": criOFiles,
  containerd: containerdFiles,
};
