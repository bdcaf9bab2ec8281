/** IPCNS_SEM: System V semaphore sets with their values. @module */

import { type ImageType, numbers, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "IPCNS_SEM",
  magic: 0x59573019,
  files: ["ipcns-sem-%u.img"],
  summary: "System V semaphore sets with their values",
  entry: "ipc_sem_entry",
  extra: numbers("nsems", 8),
  identities: { ipc_sem_entry: ["desc.id"] },
});

export default type;
