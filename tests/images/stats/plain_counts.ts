/** Figures counted from the JSON of a dump's images, without the dump model. @module */

import { imageToJson } from "../../../mod.ts";

/** A JSON object. */
// deno-lint-ignore no-explicit-any
export type Json = Record<string, any>;

/** A dump's images as plain JSON, by file name; raw images and files that are none are left out. */
export function jsonOfDump(dump: string, golden?: string): Map<string, Json[]> {
  const images = new Map<string, Json[]>();
  for (const { name, isFile } of [...Deno.readDirSync(dump)].sort(byName)) {
    if (!isFile) continue;
    const text = goldenText(`${golden}/${name}.json`) ?? ownText(`${dump}/${name}`, name);
    if (text !== undefined) images.set(name, parseExact(text).entries);
  }
  return images;
}

function byName(a: Deno.DirEntry, b: Deno.DirEntry): number {
  return a.name < b.name ? -1 : 1;
}

function goldenText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

function ownText(path: string, name: string): string | undefined {
  try {
    return imageToJson(Deno.readFileSync(path), { name });
  } catch {
    return undefined;
  }
}

/** JSON whose numbers beyond 2^53 are bigints. */
function parseExact(text: string): Json {
  return JSON.parse(text.replace(/: (\d{16,})(?=[,}\]])/g, ': "$1n"'), (_key, value) => {
    return typeof value === "string" && /^\d{16,}n$/.test(value)
      ? BigInt(value.slice(0, -1))
      : value;
  });
}

/** Numbers by kind, by name. */
export function tally(kinds: Iterable<string>): Record<string, number> {
  const numbers: Record<string, number> = {};
  for (const kind of [...kinds].sort()) numbers[kind] = (numbers[kind] ?? 0) + 1;
  return numbers;
}

const STATES: Record<number, string> = { 1: "alive", 2: "dead", 3: "stopped", 6: "zombie" };
/** Which CRIU type the entries of an old dump's images have. */
const OLD_IMAGES: Record<string, string> = {
  "reg-files.img": "REG",
  "pipes.img": "PIPE",
  "fifo.img": "FIFO",
  "inetsk.img": "INETSK",
  "unixsk.img": "UNIXSK",
  "packetsk.img": "PACKETSK",
  "netlinksk.img": "NETLINKSK",
  "eventfd.img": "EVENTFD",
  "eventpoll.img": "EVENTPOLL",
  "signalfd.img": "SIGNALFD",
  "inotify.img": "INOTIFY",
  "fanotify.img": "FANOTIFY",
  "tty.img": "TTY",
  "tunfile.img": "TUNF",
  "timerfd.img": "TIMERFD",
  "ns-files.img": "NS",
  "ext-files.img": "EXT",
};

/** The same figures as the sections of `crit stats --json`, as far as plain JSON tells them. */
export function plainCounts(images: ReadonlyMap<string, Json[]>): Json {
  const all = (pattern: RegExp) =>
    [...images].filter(([name]) => pattern.test(name)).flatMap(([, entries]) => entries);
  const tasks = images.get("pstree.img") ?? [];
  const cores = new Map(tasks.map(({ pid }) => [pid, images.get(`core-${pid}.img`)![0]!]));
  const states = tasks.map(({ pid }) => STATES[cores.get(pid)!.tc.task_state]!);
  const files = [
    ...images.get("files.img") ?? [],
    ...Object.entries(OLD_IMAGES).flatMap(([name, type]) =>
      (images.get(name) ?? []).map((entry) => ({ type, [type]: entry }))
    ),
  ];
  const ids = all(/^ids-/);
  const own = images.get("inventory.img")?.[0]?.root_ids ?? {};
  return {
    tasks: {
      count: tasks.length,
      by_state: tally(states),
      threads: tasks.reduce(
        (sum, { threads }, i) => sum + (/alive|stopped/.test(states[i]!) ? threads.length : 1),
        0,
      ),
      sessions: new Set(tasks.map(({ sid }) => sid)).size,
      process_groups: new Set(tasks.map(({ pgid }) => pgid)).size,
    },
    namespaces: Object.fromEntries(
      ["pid", "net", "ipc", "uts", "mnt", "user", "cgroup", "time"].flatMap((kind) => {
        const numbers = new Set(ids.map((entry) => entry[`${kind}_ns_id`]).filter(Boolean));
        const dumped = [...numbers].filter((id) => id !== own[`${kind}_ns_id`]).length;
        return numbers.size === 0 ? [] : [[kind, { count: numbers.size, dumped }]];
      }),
    ),
    files: {
      count: files.length,
      by_type: tally(files.map(({ type }) => type)),
      descriptors: all(/^fdinfo-/).length,
    },
    sockets: socketCounts(files),
    pipes: pipeCounts(files, all(/^(pipes|fifo)-data\.img$/)),
    queues: queueCounts(images.get("sk-queues.img") ?? [], all(/^tcp-stream-/)),
    memory: memoryCounts(images),
  };
}

interface Socket {
  family: string;
  type?: string;
  state?: string;
}

function socketCounts(files: Json[]): Json {
  const families: Record<number, string> = { 2: "INET", 10: "INET6" };
  const types: Record<number, string> = { 1: "STREAM", 2: "DGRAM", 3: "RAW", 5: "SEQPACKET" };
  const states: Record<number, string> = { 1: "ESTABLISHED", 7: "CLOSE", 10: "LISTEN" };
  const sockets = files.flatMap((file): Socket[] => {
    const unix = file.usk ?? file.UNIXSK;
    const inet = file.isk ?? file.INETSK;
    const packet = file.psk ?? file.PACKETSK;
    const netlink = file.nlsk ?? file.NETLINKSK;
    if (unix) return [{ family: "UNIX", type: types[unix.type], state: states[unix.state] }];
    if (inet) {
      return [{
        family: families[inet.family]!,
        type: types[inet.type],
        state: states[inet.state],
      }];
    }
    if (packet) return [{ family: "PACKET", type: types[packet.type] }];
    return netlink ? [{ family: "NETLINK" }] : [];
  });
  return Object.fromEntries(
    [...Map.groupBy(sockets, ({ family }) => family)].map(([family, group]) => [family, {
      count: group.length,
      by_type: tally(group.flatMap(({ type }) => type ?? [])),
      by_state: tally(group.flatMap(({ state }) => state ?? [])),
    }]),
  );
}

function pipeCounts(files: Json[], data: Json[]): Json {
  const ends = files.flatMap((file) => file.pipe ?? file.fifo ?? file.PIPE ?? file.FIFO ?? []);
  return {
    count: new Set(ends.map(({ pipe_id }) => pipe_id)).size,
    ends: ends.length,
    bytes: data.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function queueCounts(packets: Json[], streams: Json[]): Json {
  const lengths = [
    ...packets.map(({ length }) => length as number),
    ...streams.flatMap(({ inq_len, outq_len }) =>
      [inq_len, outq_len].filter((length) => length > 0)
    ),
  ];
  return { count: lengths.length, bytes: lengths.reduce((sum, length) => sum + length, 0) };
}

const PAGE = 4096;

function memoryCounts(images: ReadonlyMap<string, Json[]>): Json {
  const areas = [...images].flatMap(([name, entries]) =>
    /^vmas-/.test(name) ? entries : /^mm-/.test(name) ? entries[0]!.vmas ?? [] : []
  ) as Json[];
  const real = areas.filter(({ status }) => !(status & 1 << 16));
  const sizeOf = ({ start, end }: Json) => Number(BigInt(end) - BigInt(start));
  const maps = (pattern: RegExp) =>
    [...images].filter(([name]) => pattern.test(name)).map(([, entries]) => entries.slice(1));
  return {
    areas: real.length,
    mapped: real.reduce((sum, area) => sum + sizeOf(area), 0),
    ...pageBytes(maps(/^pagemap-\d+\.img$/).flat()),
    shared: {
      segments: maps(/^pagemap-shmem-/).length,
      ...pageBytes(maps(/^pagemap-shmem-/).flat()),
    },
    heap: real.filter(({ status }) => status & 1 << 5).reduce((sum, area) => sum + sizeOf(area), 0),
  };
}

function pageBytes(ranges: Json[]): Json {
  const bytes = (isCounted: (flags: number) => boolean) =>
    ranges.filter(({ flags, in_parent }) => isCounted(flags ?? (in_parent ? 1 : 4)))
      .reduce((sum, { nr_pages, compat_nr_pages }) => sum + (nr_pages ?? compat_nr_pages), 0) *
    PAGE;
  return {
    present: bytes((flags) => (flags & 5) === 4),
    in_parent: bytes((flags) => (flags & 1) !== 0),
    lazy: bytes((flags) => (flags & 2) !== 0),
  };
}
