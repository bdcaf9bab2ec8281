/**
 * All rules of `crit check`, the causes before what they lead to.
 *
 * @module
 */

import type { Rule } from "../rule.ts";
import cgroups from "./cgroups.ts";
import deletedFiles from "./deleted_files.ts";
import descriptors from "./descriptors.ts";
import fileData from "./file_data.ts";
import images from "./images.ts";
import inventory from "./inventory.ts";
import leftovers from "./leftovers.ts";
import memoryAreas from "./memory_areas.ts";
import mounts from "./mounts.ts";
import namespaces from "./namespaces.ts";
import pages from "./pages.ts";
import parents from "./parents.ts";
import processes from "./processes.ts";
import sharedMemory from "./shared_memory.ts";
import sockets from "./sockets.ts";
import taskParts from "./task_parts.ts";
import tasks from "./tasks.ts";
import uniqueIds from "./unique_ids.ts";

/** The rules, in the order in which findings are told. */
export const RULES: readonly Rule[] = [
  ...inventory,
  ...images,
  ...processes,
  ...tasks,
  ...taskParts,
  ...pages,
  ...parents,
  ...memoryAreas,
  ...sharedMemory,
  ...uniqueIds,
  ...descriptors,
  ...fileData,
  ...sockets,
  ...deletedFiles,
  ...cgroups,
  ...mounts,
  ...namespaces,
  ...leftovers,
];
