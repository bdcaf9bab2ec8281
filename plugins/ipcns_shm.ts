/** IPCNS_SHM: System V shared memory segments. @module */

import { bytes, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "IPCNS_SHM",
  magic: 0x46283044,
  files: ["ipcns-shm-%u.img"],
  summary: "System V shared memory segments",
  entry: "ipc_shm_entry",
  extra: bytes("size", { pad: 4, unless: "in_pagemaps" }),
  identities: { ipc_shm_entry: ["desc.id"] },
});

export default type;
