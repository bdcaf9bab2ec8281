/** CREDS: a task's credentials (before CRIU 2.0; then in core-%u.img). @module */

import { dict, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "CREDS",
  magic: 0x54023547,
  files: ["creds-%u.img"],
  number: "pid",
  summary: "a task's credentials (before CRIU 2.0; then in core-%u.img)",
  entry: "creds_entry",
  hints: { creds_entry: { secbits: dict("creds.secbits") } },
});

export default type;
