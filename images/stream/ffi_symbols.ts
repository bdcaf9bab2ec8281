/** The functions of the C library that streaming calls, with their parameters. @module */

const i32 = "i32", u32 = "u32", i64 = "i64", usize = "usize", isize = "isize", buffer = "buffer";
const pointer = "pointer";

/** The functions by their names in the C library. */
export const symbols = {
  openat: { parameters: [i32, buffer, i32, u32], result: i32 },
  statx: { parameters: [i32, buffer, i32, u32, buffer], result: i32 },
  mkdirat: { parameters: [i32, buffer, u32], result: i32 },
  unlinkat: { parameters: [i32, buffer, i32], result: i32 },
  renameat: { parameters: [i32, buffer, i32, buffer], result: i32 },
  fdopendir: { parameters: [i32], result: pointer },
  readdir: { parameters: [pointer], result: pointer },
  closedir: { parameters: [pointer], result: i32 },
  read: { parameters: [i32, buffer, usize], result: isize },
  pread: { parameters: [i32, buffer, usize, i64], result: isize },
  lseek: { parameters: [i32, i64, i32], result: i64 },
  write: { parameters: [i32, buffer, usize], result: isize },
  splice: { parameters: [i32, buffer, i32, pointer, usize, u32], result: isize },
  close: { parameters: [i32], result: i32 },
  fcntl: { parameters: [i32, i32, i32], result: i32 },
  pipe2: { parameters: [buffer, i32], result: i32 },
  socket: { parameters: [i32, i32, i32], result: i32 },
  fchmod: { parameters: [i32, u32], result: i32 },
  bind: { parameters: [i32, buffer, u32], result: i32 },
  listen: { parameters: [i32, i32], result: i32 },
  shutdown: { parameters: [i32, i32], result: i32 },
  connect: { parameters: [i32, buffer, u32], result: i32 },
  accept4: { parameters: [i32, pointer, pointer, i32], result: i32 },
  recvmsg: { parameters: [i32, buffer, i32], result: isize },
  sendmsg: { parameters: [i32, buffer, i32], result: isize },
  poll: { parameters: [buffer, usize, i32], result: i32 },
  pollLater: { name: "poll", parameters: [buffer, usize, i32], result: i32, nonblocking: true },
  syscall: { parameters: [i64, i64, i64], result: i64 },
  dup2: { parameters: [i32, i32], result: i32 },
  setsid: { parameters: [], result: i32 },
  strerror: { parameters: [i32], result: pointer },
  __errno_location: { parameters: [], result: pointer },
} as const;
