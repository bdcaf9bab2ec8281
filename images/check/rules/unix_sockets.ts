/** Rules about the values of unix sockets. @module */

import { fileRule } from "../value_rules.ts";

/** Bytes of `sun_path` (unix(7)). */
const LONGEST_NAME = 108;
const SLASH = 0x2f;

const name = fileRule(
  {
    id: "unix-name",
    severity: "error",
    summary: "names of unix sockets fit into an address",
    explanation: "The kernel allows 108 bytes, and CRIU crashes on a longer name.",
    fix: "make the dump again, or set a shorter name with `crit edit {image} -o NEW --set`",
  },
  "usk",
  function* ({ name }) {
    if (name.length <= LONGEST_NAME) return;
    yield { field: "name", message: `${name.length} bytes are more than ${LONGEST_NAME}` };
  },
);

const deleted = fileRule(
  {
    id: "unix-deleted",
    severity: "error",
    summary: "a unix socket whose path was deleted has a name",
    explanation:
      "CRIU binds such a socket to its path and then removes the path; without one it crashes.",
    fix: "delete the field: `crit edit {image} -o NEW --delete '[N].usk.deleted'`",
  },
  "usk",
  function* ({ deleted, name }) {
    if (!deleted || (name[0] ?? 0) !== 0) return;
    const what = name.length === 0 ? "no name" : "an abstract name";
    yield { field: "deleted", message: `it is true, but the socket has ${what}` };
  },
);

/** The kernel's TCP_LISTEN, which unix sockets have as well. */
const LISTEN = 10;
/** SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET. */
const TYPES = [1, 2, 5];
const DATAGRAM = 2;

const listener = fileRule(
  {
    id: "unix-listener",
    severity: "error",
    summary: "listening unix sockets have a name and are not datagram sockets",
    explanation: "The kernel refuses to listen on a socket to which nothing could connect.",
    fix: "make the dump again, or set its name with `crit edit {image} -o NEW --set`",
  },
  "usk",
  function* ({ state, name, type }) {
    if (state !== LISTEN) return;
    if (name.length === 0) {
      yield { field: "name", message: "it is empty, but the socket listens" };
    }
    if (type === DATAGRAM) yield { field: "type", message: "a datagram socket cannot listen" };
  },
);

const type = fileRule(
  {
    id: "unix-type",
    severity: "error",
    summary: "unix sockets have a valid type",
    explanation: "Unix sockets have type 1, 2 or 5.",
    fix:
      "set the type, 1 (stream), 2 (datagram) or 5 (seqpacket): `crit edit {image} -o NEW --set '[N].usk.type=1'`",
  },
  "usk",
  function* ({ type }) {
    if (TYPES.includes(type)) return;
    yield { field: "type", message: `${type} is not 1 (stream), 2 (datagram) or 5 (seqpacket)` };
  },
);

const path = fileRule(
  {
    id: "unix-path",
    severity: "warning",
    summary: "the paths of unix sockets are absolute",
    explanation:
      "CRIU binds a socket to the path as it is, relative to `name_dir`, or else to the working directory of CRIU.",
    fix: "set the full path with `crit edit {image} -o NEW --set`",
  },
  "usk",
  function* ({ name, name_dir }) {
    const first = name[0] ?? 0;
    if (first === 0 || first === SLASH || name_dir !== undefined) return;
    yield { field: "name", message: "it does not begin with /" };
  },
);

export default [name, deleted, listener, type, path];
