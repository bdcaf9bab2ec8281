/** EVENTPOLL_FILE: epoll instances. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "EVENTPOLL_FILE",
  magic: 0x45023858,
  files: ["eventpoll.img"],
  summary: "epoll instances",
  since: "0.7",
  entry: "eventpoll_file_entry",
  identities: { eventpoll_file_entry: ["id"] },
});

export default type;
