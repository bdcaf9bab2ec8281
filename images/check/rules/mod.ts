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
import fileValues from "./file_values.ts";
import images from "./images.ts";
import inetSockets from "./inet_sockets.ts";
import inventory from "./inventory.ts";
import leftovers from "./leftovers.ts";
import memoryAreas from "./memory_areas.ts";
import memoryValues from "./memory_values.ts";
import mounts from "./mounts.ts";
import namespaces from "./namespaces.ts";
import pages from "./pages.ts";
import parents from "./parents.ts";
import processes from "./processes.ts";
import sessions from "./sessions.ts";
import sharedMemory from "./shared_memory.ts";
import sockets from "./sockets.ts";
import taskParts from "./task_parts.ts";
import taskValues from "./task_values.ts";
import tasks from "./tasks.ts";
import terminals from "./terminals.ts";
import uniqueIds from "./unique_ids.ts";
import unixSockets from "./unix_sockets.ts";

/** The rules, in the order in which findings are told. */
export const RULES: readonly Rule[] = [
  ...inventory,
  ...images,
  ...processes,
  ...sessions,
  ...tasks,
  ...taskParts,
  ...taskValues,
  ...pages,
  ...parents,
  ...memoryAreas,
  ...memoryValues,
  ...sharedMemory,
  ...uniqueIds,
  ...descriptors,
  ...fileData,
  ...fileValues,
  ...terminals,
  ...sockets,
  ...inetSockets,
  ...unixSockets,
  ...deletedFiles,
  ...cgroups,
  ...mounts,
  ...namespaces,
  ...leftovers,
];
