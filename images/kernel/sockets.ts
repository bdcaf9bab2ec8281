/**
 * Numbers of sockets.
 *
 * @module
 */

import { CRIT, type NumberTable, numberTable } from "./names.ts";

/** Socket families that CRIU dumps (include/linux/socket.h). */
export const AF = { UNIX: 1, INET: 2, INET6: 10, NETLINK: 16, PACKET: 17 } as const;

/** Names of {@link AF}. */
export const FAMILIES: NumberTable = numberTable("AF_", () => [
  [AF.UNIX, "UNIX", CRIT],
  [AF.INET, "INET", CRIT],
  [AF.INET6, "INET6", CRIT],
  [AF.NETLINK, "NETLINK", CRIT],
  [AF.PACKET, "PACKET", CRIT],
]);

/** Socket types (include/linux/net.h). */
export const SOCK = { STREAM: 1, DGRAM: 2, RAW: 3, SEQPACKET: 5, PACKET: 10 } as const;

/** Names of {@link SOCK}. */
export const SOCKET_TYPES: NumberTable = numberTable("SOCK_", () => [
  [SOCK.STREAM, "STREAM", CRIT],
  [SOCK.DGRAM, "DGRAM", CRIT],
  [SOCK.RAW, "RAW", CRIT],
  [SOCK.SEQPACKET, "SEQPACKET", CRIT],
  [SOCK.PACKET, "PACKET", CRIT],
]);

/** Socket states (include/net/tcp_states.h), which sockets of other kinds have too. */
export const TCP_STATE = { ESTABLISHED: 1, CLOSE: 7, LISTEN: 10 } as const;

/** Names of the socket states. */
export const SOCKET_STATES: NumberTable = numberTable("TCP_", () => [
  [TCP_STATE.ESTABLISHED, "ESTABLISHED", CRIT],
  [2, "SYN_SENT", CRIT],
  [3, "SYN_RECV", CRIT],
  [4, "FIN_WAIT1", CRIT],
  [5, "FIN_WAIT2", CRIT],
  [6, "TIME_WAIT", CRIT],
  [TCP_STATE.CLOSE, "CLOSE", CRIT],
  [8, "CLOSE_WAIT", CRIT],
  [9, "LAST_ACK", CRIT],
  [TCP_STATE.LISTEN, "LISTEN", CRIT],
  [11, "CLOSING"],
  [12, "NEW_SYN_RECV"],
]);

/** IP protocols (include/uapi/linux/in.h). */
export const IPPROTO = { IP: 0, ICMP: 1, TCP: 6, UDP: 17, ICMPV6: 58, RAW: 255 } as const;

/** Names of the IP protocols. */
export const PROTOCOLS: NumberTable = numberTable("IPPROTO_", () => [
  [IPPROTO.IP, "IP", CRIT],
  [IPPROTO.ICMP, "ICMP"],
  [IPPROTO.TCP, "TCP", CRIT],
  [IPPROTO.UDP, "UDP", CRIT],
  [IPPROTO.ICMPV6, "ICMPV6"],
  [132, "SCTP"],
  [136, "UDPLITE", CRIT],
  [IPPROTO.RAW, "RAW"],
  [262, "MPTCP"],
]);

/** Netlink protocols (include/uapi/linux/netlink.h). */
export const NETLINK_PROTOCOLS: NumberTable = numberTable("NETLINK_", () => [
  [0, "ROUTE"],
  [2, "USERSOCK"],
  [3, "FIREWALL"],
  [4, "SOCK_DIAG"],
  [5, "NFLOG"],
  [6, "XFRM"],
  [7, "SELINUX"],
  [8, "ISCSI"],
  [9, "AUDIT"],
  [10, "FIB_LOOKUP"],
  [11, "CONNECTOR"],
  [12, "NETFILTER"],
  [14, "DNRTMSG"],
  [15, "KOBJECT_UEVENT"],
  [16, "GENERIC"],
  [18, "SCSITRANSPORT"],
  [19, "ECRYPTFS"],
  [20, "RDMA"],
  [21, "CRYPTO"],
  [22, "SMC"],
]);
