/** EVENTPOLL_FILE: epoll instances. @module */

import { type ImageType, register } from "../images/types/plugin.ts";

/** The image type. */
const type: ImageType = register({
  name: "EVENTPOLL_FILE",
  magic: 0x45023858,
  files: ["eventpoll.img"],
  summary: "epoll instances",
  entry: "eventpoll_file_entry",
});

export default type;
