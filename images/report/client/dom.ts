/// <reference no-default-lib="true" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/// <reference lib="esnext" />
/** Making elements. Text of a dump only ever becomes text nodes and attribute values. @module */

/** What an element may hold. */
export type Child = Node | string | number | null | undefined | readonly Child[];

/** Attributes and event listeners (`onclick`). */
export type Attributes = Readonly<
  Record<string, string | number | boolean | undefined | ((event: Event) => void)>
>;

const SVG = "http://www.w3.org/2000/svg";

/** Makes an HTML element. */
export function h(name: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  return filled(document.createElement(name), attributes, children);
}

/** Makes an SVG element. */
export function svg(name: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  return filled(document.createElementNS(SVG, name) as SVGElement, attributes, children);
}

function filled<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) {
      element.setAttribute(name, TOLD.has(name) ? clipped(String(value)) : String(value));
    }
  }
  append(element, children);
  return element;
}

function append(parent: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined) continue;
    if (Array.isArray(child)) append(parent, child);
    else if (child instanceof Node) parent.appendChild(child);
    else parent.appendChild(document.createTextNode(clipped(String(child))));
  }
}

/** Attributes that a reader sees or hears. */
const TOLD: ReadonlySet<string> = new Set(["title", "aria-label"]);

/** Most characters of a text that are shown: layout takes long for names of thousands. */
const MOST = 400;

/** Text of any length as what is shown of it. */
function clipped(text: string): string {
  if (text.length <= MOST) return shown(text);
  const rest = (text.length - MOST).toLocaleString("en");
  return `${shown(text.slice(0, MOST))}… (${rest} more characters)`;
}

/** All of a text. */
export function whole(text: string): Text {
  return document.createTextNode(shown(text));
}

/** Sentences of crit in which what is between backticks is code. */
export function prose(text: string | null): Child {
  return text?.split(/`([^`]+)`/).map((part, i) => i % 2 === 1 ? h("code", {}, part) : part);
}

/** Control characters, unpaired surrogates and marks that turn the direction of text. */
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** Text in which nothing is hidden or turned: what would be is written as `\u202e`. */
export function shown(text: string): string {
  return text.replace(UNSEEN, (unit) => {
    const code = unit.charCodeAt(0);
    // A byte that is not UTF-8 travels as half of a surrogate pair.
    if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
    if (code === 9) return "\\t";
    if (code === 10) return "\\n";
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** Puts other children into an element. */
export function refill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  append(element, children);
}
