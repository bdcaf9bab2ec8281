/** EVENTPOLL_TFD: the files that epoll instances watch. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "EVENTPOLL_TFD",
  magic: 0x44433746,
  files: ["eventpoll-tfd.img"],
  summary: "the files that epoll instances watch",
  entry: "eventpoll_tfd_entry",
  identities: { eventpoll_tfd_entry: ["id", "tfd"] },
});

export default type;
