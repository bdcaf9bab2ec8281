/**
 * TCP options: keep-alive in `sk_opts_entry`, TCP_NODELAY and TCP_CORK in tcp-stream-%x.img ⇄ all
 * in `tcp_opts_entry`, CRIU 4.0. Newer releases read both.
 *
 * @module
 */

import type { TcpOptsEntry } from "../../../proto/types.ts";
import { streamImage } from "../../releases/dump_context.ts";
import type { Step } from "./step.ts";

export const tcpOptions: Step = {
  name: "TCP options",
  since: "4.0",
  messages: {
    inet_sk_entry: {
      up(entry) {
        const { tcp_keepcnt, tcp_keepidle, tcp_keepintvl, ...opts } = entry.opts;
        const keep = present({
          keepcnt: tcp_keepcnt,
          keepidle: tcp_keepidle,
          keepintvl: tcp_keepintvl,
        });
        if (Object.keys(keep).length === 0) return entry;
        return { ...entry, opts, tcp_opts: { ...keep, ...entry.tcp_opts } };
      },
      down(entry, facts) {
        const { tcp_opts, ...rest } = entry;
        if (tcp_opts === undefined) return entry;
        const { keepcnt, keepidle, keepintvl, nodelay, cork, ...others } = tcp_opts;
        const keep = present({
          tcp_keepcnt: keepcnt,
          tcp_keepidle: keepidle,
          tcp_keepintvl: keepintvl,
        });
        const moved = { ...rest, opts: { ...entry.opts, ...keep } };
        const left = facts.dump.has(streamImage(entry.ino))
          ? others
          : { ...others, ...present({ nodelay, cork }) };
        return Object.keys(left).length === 0 ? moved : { ...moved, tcp_opts: left };
      },
    },
    tcp_stream_entry: {
      down(entry, facts, image) {
        const ino = parseInt(/^tcp-stream-([0-9a-f]+)\.img$/.exec(image)?.[1] ?? "", 16);
        const { nodelay, cork } = facts.tcpOptions.get(ino) ?? {};
        if (nodelay === undefined && cork === undefined) return entry;
        return { ...entry, ...present({ nodelay, cork }) };
      },
    },
  },
};

/** The options that are present. */
function present<T extends object>(options: T): Partial<T> & TcpOptsEntry {
  const there = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as Partial<T>;
}
