/**
 * All views of a dump.
 *
 * @module
 */

import { cpu } from "./cpu.ts";
import { creds } from "./creds.ts";
import { env } from "./env.ts";
import { fds } from "./fds.ts";
import { files } from "./files.ts";
import { limits } from "./limits.ts";
import { locks } from "./locks.ts";
import { mems } from "./mems.ts";
import { mounts } from "./mounts.ts";
import type { ViewName } from "./names.ts";
import { net } from "./net.ts";
import { ns } from "./ns.ts";
import { ps } from "./ps.ts";
import { rootfs } from "./rootfs.ts";
import { rss } from "./rss.ts";
import { signals } from "./signals.ts";
import { sk } from "./sk.ts";
import { threads } from "./threads.ts";
import { timers } from "./timers.ts";
import type { View } from "./view.ts";

/** Views by name. */
export const views = {
  ps,
  fds,
  files,
  mems,
  rss,
  threads,
  sk,
  net,
  mounts,
  ns,
  locks,
  env,
  limits,
  signals,
  timers,
  creds,
  cpu,
  rootfs,
} satisfies Readonly<Record<ViewName, View>>;
