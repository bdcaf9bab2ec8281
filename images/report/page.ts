/**
 * The report as one HTML file: markup, style and program from `assets.ts`, data in compressed
 * blocks that the program unpacks.
 *
 * Nothing of a dump becomes markup: all of it is in the blocks, as base64. The page's
 * Content-Security-Policy allows its own style and program by their hashes, and no request.
 *
 * @module
 */

import { toBase64 } from "../bytes/base64.ts";
import { joinBytes } from "../bytes/bytes.ts";
import type { Dump } from "../dump/dump.ts";
import { SCRIPT, STYLE } from "./assets.ts";
import { ReportMaker, type ReportOptions } from "./build.ts";
import { BLOCK_SIZE } from "./tasks.ts";

/**
 * The pieces of the page, in order. The blocks of tasks are held compressed until all are made.
 *
 * @throws {CritError} when the dump cannot be read
 */
export async function* reportPage(dump: Dump, options: ReportOptions): AsyncGenerator<string> {
  const report = new ReportMaker(dump, options);
  const blocks: string[] = [];
  for (const json of report.tasks.blocks()) {
    blocks.push(await block(`tasks-${blocks.length * BLOCK_SIZE}`, json));
  }
  const data = report.finish();
  yield await head(data.title);
  yield await block("report", JSON.stringify(data));
  yield* blocks;
  yield `<script type="module">${SCRIPT}</script>\n</body>\n</html>\n`;
}

async function head(title: string): Promise<string> {
  const policy = [
    "default-src 'none'",
    `script-src '${await hashOf(SCRIPT)}'`,
    `style-src '${await hashOf(STYLE)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}: CRIU dump</title>
<style>${STYLE}</style>
</head>
<body>
<noscript>This report needs JavaScript; it runs in the page and loads nothing.</noscript>
<div id="app"></div>
`;
}

/** A block of data, compressed. @param text JSON */
async function block(id: string, text: string): Promise<string> {
  const bytes = await compressed(encoder.encode(text));
  return `<script type="text/plain" id="${id}">${toBase64(bytes)}</script>\n`;
}

const encoder = new TextEncoder();

async function compressed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const { writable, readable } = new CompressionStream("gzip");
  const writer = writable.getWriter();
  const written = Promise.all([writer.write(bytes), writer.close()]);
  const pieces: Uint8Array[] = [];
  for await (const piece of readable) pieces.push(piece);
  await written;
  return joinBytes(pieces);
}

/** The hash of a text as a Content-Security-Policy has it. */
async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${toBase64(new Uint8Array(digest))}`;
}

function escaped(text: string): string {
  const isSafe = /[\p{L}\p{N} ._/:@+-]/u;
  return [...text].map((letter) => isSafe.test(letter) ? letter : "?").join("");
}
