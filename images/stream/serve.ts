/**
 * Serves the images of one restore: `criu restore --stream`.
 *
 * @module
 */

import { CritError } from "../errors.ts";
import { joinBytes } from "../objects.ts";
import { equalBytes } from "../wire.ts";
import { type OpenImage, PATIENCE, type Role, runStream, type StreamOptions } from "./connection.ts";
import { type PipeSetting, PipeWriter } from "./pipes.ts";
import { SERVE_SOCKET } from "./protocol.ts";
