/**
 * All demands of a dump on a machine.
 *
 * @module
 */

import type { Demand } from "../demand.ts";
import cpu from "./cpu.ts";
import files from "./files.ts";
import kernel from "./kernel.ts";
import network from "./network.ts";
import processes from "./processes.ts";

/** The demands, in the order in which they are told. */
export const DEMANDS: readonly Demand[] = [...processes, ...files, ...network, ...kernel, ...cpu];
