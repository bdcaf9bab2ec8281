/**
 * IDS: ids of the kernel objects that a task shares with others: files, memory, namespaces.
 *
 * @module
 */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "IDS",
  magic: 0x54432030,
  files: ["ids-%u.img"],
  number: "pid",
  summary: "ids of the kernel objects that a task shares with others: files, memory, namespaces",
  since: "0.4",
  entry: "task_kobj_ids_entry",
});

export default type;
