/** All items that can be extracted from a dump. @module */

import { architectureOf } from "../coredump/arch/mod.ts";
import { MappedFiles, type OpenMapped } from "../coredump/mapped_files.ts";
import type { Dump } from "../dump/dump.ts";
import { mapsSharedMemory } from "../dump/vma.ts";
import { CritError } from "../errors.ts";
import type { MemoryChoice } from "../memory/choice.ts";
import { type ChosenArea, type Space, spacesOf } from "../memory/spaces.ts";
import { Walk } from "../memory/walk.ts";
import { ExtractContext, ghostItems, memfdItems, sharedItems } from "./files.ts";
import { type Item, type Piece, piecesOf } from "./item.ts";
import { type ItemKind, KINDS } from "./kinds.ts";
import { safeName, UniquePaths } from "./names.ts";
import { programItems } from "./programs.ts";
import { pipeItems, socketItems, tcpItems, ttyItems } from "./queues.ts";
import { tmpfsItems } from "./tmpfs.ts";

/** Selects items. */
export interface ExtractOptions {
  /** Kinds; all unless given. */
  readonly kinds?: readonly ItemKind[];
  /** Pids; only items of these tasks. */
  readonly pids?: readonly number[];
  /** Opens mapped files; without it their pages are missing. */
  readonly openMapped?: OpenMapped;
  /** Called with the fault of an item that is left out. */
  readonly onFault: (fault: CritError) => void;
}

/**
 * Yields items kind by kind. The contents of an item must be read before the next item is
 * requested. Paths begin with the kind, and are safe and unique.
 */
export async function* itemsOf(dump: Dump, options: ExtractOptions): AsyncGenerator<Item> {
  const { kinds = [], pids = [], onFault } = options;
  const paths = new UniquePaths();
  const wanted = new Set(kinds.length === 0 ? Object.keys(KINDS) as ItemKind[] : kinds);
  for (const items of sourcesOf(dump, options, wanted)) {
    try {
      for await (const item of items) {
        if (!wanted.has(item.kind)) continue;
        if (pids.length > 0 && !item.pids.some((pid) => pids.includes(pid))) continue;
        yield { ...item, path: paths.of(`${item.kind}/${item.path}`) };
      }
    } catch (error) {
      if (!(error instanceof CritError) || error.kind !== "data") throw error;
      onFault(error);
    }
  }
}

function* sourcesOf(
  dump: Dump,
  { pids, openMapped, onFault }: ExtractOptions,
  wanted: ReadonlySet<ItemKind>,
): Generator<Iterable<Item> | AsyncIterable<Item>> {
  const files = new ExtractContext(dump);
  const [first] = files.tasks;
  const order = first?.core === undefined ? undefined : architectureOf(first.core).order;
  const mapped = openMapped && order && new MappedFiles(openMapped, order);
  if (wanted.has("ghost")) yield ghostItems(files);
  if (wanted.has("memfd") || wanted.has("shared")) yield memfdItems(files);
  if (wanted.has("shared")) yield sharedItems(files);
  if (wanted.has("tmpfs")) yield tmpfsItems(files, onFault);
  if (wanted.has("pipe")) yield pipeItems(files, "pipe");
  if (wanted.has("fifo")) yield pipeItems(files, "fifo");
  if (wanted.has("socket")) yield socketItems(files);
  if (wanted.has("tcp")) yield tcpItems(files);
  if (wanted.has("tty")) yield ttyItems(files);
  if (wanted.has("program")) yield programItems(files, mapped);
  if (wanted.has("memory")) yield memoryItems(dump, { pids }, openMapped);
}

/** Private memory areas with known bytes. */
function* memoryItems(
  dump: Dump,
  choice: MemoryChoice,
  openMapped: OpenMapped | undefined,
): Generator<Item> {
  const spaces = spacesOf(dump, choice);
  using walk = new Walk(dump, spaces, { openMapped });
  for (const space of spaces) {
    for (const area of space.areas) {
      if (!mapsSharedMemory(area.vma) && hasBytes(walk, space, area)) {
        yield memoryItem(walk, space, area);
      }
    }
  }
}

function memoryItem(walk: Walk, space: Space, area: ChosenArea): Item {
  const { vma, name } = area;
  const pids = space.tasks.map(({ pid }) => pid);
  const range = `${vma.start.toString(16)}-${vma.end.toString(16)}`;
  const safe = safeName(name);
  return {
    kind: "memory",
    path: `${pids[0]}/${range}${safe === "" ? "" : `-${safe}`}`,
    image: space.tasks[0]!.pageMapName,
    ids: { start: `0x${vma.start.toString(16)}`, end: `0x${vma.end.toString(16)}` },
    pids,
    name,
    size: Number(vma.end - vma.start),
    contents: () => piecesIn(walk, space, area),
  };
}

function* piecesIn(walk: Walk, space: Space, area: ChosenArea): Generator<Piece> {
  for (const { piece } of walk.pieces({ ...space, areas: [area] })) yield* piecesOf([piece]);
}

function hasBytes(walk: Walk, space: Space, area: ChosenArea): boolean {
  for (const { piece } of walk.pieces({ ...space, areas: [area] })) {
    if (piece.kind === "bytes") return true;
  }
  return false;
}
