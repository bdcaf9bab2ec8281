/** What a container's dump tells of what ran in it. @module */

import { snakeCased } from "../../../images/bytes/snake_case.ts";
import type { Dump } from "../../../images/dump/dump.ts";
import { views } from "../../../images/explore/mod.ts";
import type { ViewLayout } from "../../../images/explore/view.ts";
import { criuStats } from "../../../images/stats/criu.ts";
import { releaseStats } from "../../../images/stats/release.ts";

/** A view of the dump. */
export interface Section {
  readonly title: string;
  readonly layout: ViewLayout;
}

/** What ran in a container. */
export interface Details {
  readonly json: Readonly<Record<string, unknown>>;
  readonly sections: readonly Section[];
  /** The oldest CRIU that can restore it. */
  readonly oldestRelease: string;
  readonly hasUnknown: boolean;
  /** What CRIU said of its dumping, by its names; those that end in `_time` are microseconds. */
  readonly statistics: ReadonlyMap<string, number> | undefined;
}

/** Looks at a dump; undefined when there is none. */
export function detailsOf(dump: Dump | undefined): Details | undefined {
  if (dump === undefined) return undefined;
  // A pre-dump has memory only.
  const tasks = dump.has("pstree.img") ? dump.tasks : [];
  const ps = views.ps.show(dump, { tasks, args: true, tree: true });
  const fds = views.fds.show(dump, { tasks });
  const sk = views.sk.show(dump, { tasks });
  const environments = new Map<number, string[]>();
  for (const { pid, name, value } of views.env.show(dump, { tasks }).rows) {
    const variable = `${name}=${value}`;
    const list = environments.get(pid);
    if (list === undefined) environments.set(pid, [variable]);
    else list.push(variable);
  }
  const { oldestRelease, hasUnknown } = releaseStats(dump);
  const statistics = criuStats(dump).dump;
  const sections = [
    { title: "PROCESSES", layout: ps.layout },
    { title: "OPEN FILES", layout: fds.layout },
    { title: "SOCKETS", layout: sk.layout },
  ];
  return {
    json: {
      oldest_criu: hasUnknown ? null : oldestRelease,
      statistics: snakeCased(statistics) ?? null,
      processes: ps.rows.map((row) => ({ ...row, environment: environments.get(row.pid) ?? [] })),
      open_files: fds.rows,
      sockets: sk.rows,
    },
    sections: sections.filter(({ layout }) => "lines" in layout || layout.cells.length > 0),
    oldestRelease,
    hasUnknown,
    statistics,
  };
}
