/**
 * Addresses and ports of a container.
 *
 * @module
 */

import type { Documents } from "./documents.ts";
import { at, innerJson, isObject, type Json, listAt, textAt } from "./json.ts";

/** An interface in a network. */
export interface NetworkInterface {
  /** Name of the network. */
  readonly network: string | undefined;
  /** Name of the interface in the container. */
  readonly interface: string | undefined;
  /** With the length of the network's prefix if it is known: `10.88.0.9/16`. */
  readonly addresses: readonly string[];
  /** Hardware address. */
  readonly mac: string | undefined;
  /** Addresses of gateways. */
  readonly gateways: readonly string[];
}

/** A published port. */
export interface Port {
  /** Address of the host; undefined for all. */
  readonly hostIp: string | undefined;
  /** Port of the host. */
  readonly hostPort: number | undefined;
  /** Port in the container. */
  readonly containerPort: number | undefined;
  /** Such as `tcp`. */
  readonly protocol: string | undefined;
  /** Number of consecutive ports. */
  readonly range: number;
}

/** The interfaces of a container. */
export function interfacesOf(documents: Documents): NetworkInterface[] {
  const { annotations } = documents;
  const podman = podmans(documents.get("network"));
  if (podman.length > 0) return podman;
  const docker = dockers(documents.get("docker"));
  if (docker.length > 0) return docker;
  const addresses = Object.keys(annotations)
    .filter((key) => key.startsWith("io.kubernetes.cri-o.IP."))
    .sort().map((key) => annotations[key]!).filter((text) => text !== "");
  const cni = cniResult(innerJson(annotations["io.kubernetes.cri-o.CNIResult"]));
  if (cni.length > 0) return cni;
  if (addresses.length === 0) return [];
  const none = { network: undefined, interface: undefined, mac: undefined, gateways: [] };
  return [{ ...none, addresses }];
}

/** Reads network.status: networks by name, interfaces by name, subnets. */
function podmans(status: Json | undefined): NetworkInterface[] {
  if (!isObject(status)) return [];
  return Object.entries(status).flatMap(([network, value]) => {
    const interfaces = at(value, "interfaces");
    if (!isObject(interfaces)) return [];
    return Object.entries(interfaces).map(([name, one]) => {
      const subnets = listAt(one, "subnets");
      return {
        network,
        interface: name,
        addresses: present(subnets.map((subnet) => textAt(subnet, "ipnet"))),
        mac: textAt(one, "mac_address"),
        gateways: present(subnets.map((subnet) => textAt(subnet, "gateway"))),
      };
    });
  });
}

/** Reads the result of a CNI plug-in (CNI specification 1.0, section 5). */
function cniResult(result: Json | undefined): NetworkInterface[] {
  const interfaces = listAt(result, "interfaces");
  const byInterface = Map.groupBy(listAt(result, "ips"), (ip) => Number(at(ip, "interface") ?? 0));
  return [...byInterface].map(([index, ips]) => ({
    network: textAt(result, "name"),
    interface: textAt(interfaces[index], "name"),
    addresses: present(ips.map((ip) => textAt(ip, "address"))),
    mac: textAt(interfaces[index], "mac"),
    gateways: present(ips.map((ip) => textAt(ip, "gateway"))),
  }));
}

function dockers(config: Json | undefined): NetworkInterface[] {
  const networks = at(config, "NetworkSettings", "Networks");
  if (!isObject(networks)) return [];
  return Object.entries(networks).map(([network, one]) => ({
    network,
    interface: undefined,
    addresses: present([withPrefix(one), textAt(one, "GlobalIPv6Address")]),
    mac: textAt(one, "MacAddress"),
    gateways: present([textAt(one, "Gateway"), textAt(one, "IPv6Gateway")]),
  })).filter(({ addresses, mac }) => addresses.length > 0 || mac !== undefined);
}

function withPrefix(one: Json): string | undefined {
  const address = textAt(one, "IPAddress");
  const length = at(one, "IPPrefixLen");
  return address !== undefined && typeof length === "number" && length > 0
    ? `${address}/${length}`
    : address;
}

/** The published ports of a container. */
export function portsOf(documents: Documents): Port[] {
  const config = documents.get("config");
  const podman = listAt(config, "newPortMappings");
  const mappings = podman.length > 0
    ? podman
    : listAt(innerJson(documents.annotations["io.kubernetes.cri-o.PortMappings"]));
  return mappings.filter(isObject).map((mapping) => ({
    hostIp: textAt(mapping, "host_ip") ?? textAt(mapping, "hostIP"),
    hostPort: port(at(mapping, "host_port") ?? at(mapping, "hostPort")),
    containerPort: port(at(mapping, "container_port") ?? at(mapping, "containerPort")),
    protocol: protocolOf(at(mapping, "protocol")),
    range: port(at(mapping, "range")) || 1,
  }));
}

function port(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Numbers of protocols in Kubernetes' CRI (api.proto, Protocol). */
const PROTOCOLS = ["tcp", "udp", "sctp"];

function protocolOf(value: Json | undefined): string | undefined {
  if (typeof value === "number") return PROTOCOLS[value];
  return typeof value === "string" ? value.toLowerCase() : undefined;
}

function present(texts: ReadonlyArray<string | undefined>): string[] {
  return texts.filter((text) => text !== undefined);
}
