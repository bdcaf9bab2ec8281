/** A checkpoint as a row of the table. @module */

import { printable } from "../../../images/bytes/printable.ts";
import { binarySize } from "../../../images/bytes/sizes.ts";
import type { ContainerFacts } from "../../../images/container/facts.ts";
import { table, type TableColumn } from "../../terminal/table.ts";
import type { Paint } from "../../terminal/terminal.ts";

/** Cells of a row. */
export type ContainerRow = readonly string[];

const COLUMNS: readonly TableColumn[] = [
  { title: "CONTAINER" },
  { title: "ID" },
  { title: "IMAGE" },
  { title: "ENGINE" },
  { title: "RUNTIME" },
  { title: "CREATED" },
  { title: "CHECKPOINTED" },
  { title: "IP" },
  { title: "NAMESPACE" },
  { title: "POD" },
  { title: "MEMORY", align: "right" },
  { title: "ROOT FS", align: "right" },
  { title: "CRIU" },
  { title: "CHECKPOINT" },
];

/** Digits of an id that tell containers apart, as engines print them. */
const SHORT_ID = 12;

/** The cells of a checkpoint. */
export function rowOf(facts: ContainerFacts): ContainerRow {
  const { sizes, pod } = facts;
  const [address] = facts.networks.flatMap(({ addresses }) => addresses);
  const cells = [
    facts.name,
    facts.id?.slice(0, SHORT_ID),
    facts.image,
    facts.engine,
    facts.runtime,
    toSeconds(facts.created),
    toSeconds(facts.checkpointed),
    address?.replace(/\/\d+$/, ""),
    pod.namespace,
    pod.name ?? pod.id?.slice(0, SHORT_ID),
    sizes.pages === undefined ? undefined : binarySize(sizes.pages),
    sizes.rootFsDiff === undefined ? undefined : binarySize(sizes.rootFsDiff),
    facts.criu?.version,
    facts.path,
  ];
  return cells.map((cell) => printable(cell ?? "-"));
}

/** A time without what is smaller than seconds. */
export function toSeconds(time: string | undefined): string | undefined {
  return time?.replace(/(T\d\d:\d\d:\d\d)\.\d+/, "$1");
}

/** The rows as a table; columns that say nothing of any are left out. */
export function containerTable(rows: readonly ContainerRow[], paint: Paint): string {
  const shown = COLUMNS.flatMap((_column, i) =>
    i === 0 || rows.some((row) => row[i] !== "-") ? [i] : []
  );
  const cells = rows.map((row) => shown.map((i) => row[i]!));
  return table(shown.map((i) => COLUMNS[i]!), cells, paint);
}
