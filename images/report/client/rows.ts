/** Long lists: only the rows in sight are in the page. @module */

import { type Child, h, refill } from "./dom.ts";

/** Height of a row in pixels; the style sheet has the same. */
const ROW = 30;
/** Rows that are in the page beyond those in sight. */
const MARGIN = 12;
/** Rows up to which a list is shown whole. */
const SHORT = 60;
/** Most rows that are printed. */
const MOST_PRINTED = 2000;

/** A column of a list. */
export interface Column<T> {
  readonly title: string;
  /** What it means. */
  readonly doc?: string;
  readonly cell: (item: T) => Child;
  /** Right-aligned. */
  readonly isNumber?: boolean;
  /** Holds sentences, which take several lines where the list is short. */
  readonly isWide?: boolean;
}

/** A list that its owner fills and changes. */
export interface Rows<T> {
  readonly element: HTMLElement;
  /** Shows these items. */
  show(items: readonly T[]): void;
}

const classOf = ({ isNumber, isWide }: Pick<Column<unknown>, "isNumber" | "isWide">) =>
  isNumber ? "number" : isWide ? "wide" : undefined;

/** Attributes of a row's element, beyond its cells. */
export type RowAttributes<T> = (item: T) => Record<string, string | number | undefined>;

function headOf<T>(columns: readonly Column<T>[]): HTMLElement {
  const cells = columns.map((column) =>
    h("th", { scope: "col", title: column.doc, class: classOf(column) }, column.title)
  );
  return h("tr", {}, cells);
}

/** A row as high as others that are not in the page. */
function spaceOf(rows: number, columns: number): HTMLElement | undefined {
  if (rows === 0) return undefined;
  const cell = h("td", { colspan: columns });
  cell.style.height = `${rows * ROW}px`;
  return h("tr", { "aria-hidden": "true", class: "space" }, cell);
}

/** Which rows of a list are in the page: those in sight and a margin, or all of a short list. */
function inSight(element: HTMLElement, length: number): { first: number; end: number } {
  if (length <= SHORT) return { first: 0, end: length };
  const first = Math.max(0, Math.floor(element.scrollTop / ROW) - MARGIN);
  const count = Math.ceil((element.clientHeight || 600) / ROW) + 2 * MARGIN;
  return { first, end: Math.min(length, first + count) };
}

/** Makes a list with columns. */
export function rowsOf<T>(
  label: string,
  columns: readonly Column<T>[],
  attributes: RowAttributes<T> = () => ({}),
  role?: "treegrid",
): Rows<T> {
  let items: readonly T[] = [];
  const body = h("tbody");
  const table = h("table", { "aria-label": label, role }, h("thead", {}, headOf(columns)), body);
  const element = h(
    "div",
    { class: "rows", tabindex: 0, role: "region", "aria-label": label },
    table,
  );
  const row = (item: T, index: number) =>
    h(
      "tr",
      { "aria-rowindex": index + 2, ...attributes(item) },
      columns.map((column) =>
        h(
          "td",
          {
            class: classOf(column),
            "data-title": column.title.replace(/^./, (letter) => letter.toUpperCase()),
          },
          column.cell(item),
        )
      ),
    );
  const space = (rows: number) => spaceOf(rows, columns.length);
  const isStacked = columns.filter(({ isWide }) => isWide).length > 1;
  let drawn = "";
  const draw = (isPrinted = false) => {
    const { first, end } = isPrinted
      ? { first: 0, end: Math.min(items.length, MOST_PRINTED) }
      : inSight(element, items.length);
    const key = `${first} ${end} ${items.length}`;
    if (key === drawn) return;
    drawn = key;
    const shown = items.slice(first, end).map((item, i) => row(item, first + i));
    refill(body, space(first), shown, space(isPrinted ? 0 : items.length - end));
  };
  element.addEventListener("scroll", () => draw(), { passive: true });
  addEventListener("resize", () => draw());
  addEventListener("beforeprint", () => draw(true));
  addEventListener("afterprint", () => {
    drawn = "";
    draw();
  });
  return {
    element,
    show(next) {
      items = next;
      drawn = "";
      table.setAttribute("aria-rowcount", String(items.length + 1));
      element.classList.toggle("long", items.length > SHORT);
      element.classList.toggle("stacked", isStacked && items.length <= SHORT);
      draw();
    },
  };
}
