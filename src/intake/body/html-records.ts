import { type MarkupElement, markupTree, textOfElement } from './markup-tree.ts';

const BLOCKS = /^(p|div|li|br|tr|table|h[1-6]|ul|ol|section|article|pre|td|th|dt|dd)$/;
const MAX_MESSAGE = 16_384;
/** Labels that a page must have at least to be a record. */
const LEAST_LABELS = 2;

type Fields = Record<string, string>;

/** Whether a text is a page of HTML. */
export function isHtml(text: string): boolean {
  return /^\s*(<!--[^>]*-->\s*)*(<!doctype html|<html[\s>]|<body[\s>]|<table[\s>])/i.test(
    text.slice(0, 1_024),
  );
}

/**
 * The records in a page of HTML, as mails of consoles are: the rows of a table under a header; else the pairs of label and
 * value, in rows of two cells or behind a colon, with the heading as the title. Empty where there are none.
 */
export function htmlRecords(text: string): Fields[] {
  const page = markupTree(text, false);
  if (page === undefined) return [];
  const rows: string[][] = [];
  const lines: string[] = [];
  let heading = '';
  let line = '';
  const breakLine = (): void => {
    if (line.trim() !== '') lines.push(line.replace(/\s+/g, ' ').trim());
    line = '';
  };
  const walk = (element: MarkupElement): void => {
    if (/^(script|style|head)$/.test(element.name)) return;
    if (/^h[1-3]$/.test(element.name)) heading ||= textOfElement(element);
    if (element.name === 'tr') {
      const cells = element.children.filter((child) => typeof child !== 'string').map(textOfElement);
      if (!element.children.some(holdsTable)) {
        rows.push(cells);
        return;
      }
    }
    if (BLOCKS.test(element.name)) breakLine();
    for (const child of element.children) {
      if (typeof child === 'string') line += ` ${child}`;
      else walk(child);
    }
    if (BLOCKS.test(element.name)) breakLine();
  };
  walk(page);
  breakLine();
  const records = recordsOfTable(rows);
  if (records.length > 0) return records;
  const fields = pairsOf(rows, lines);
  if (Object.keys(fields).length < LEAST_LABELS) return [];
  const message = lines.join('\n').slice(0, MAX_MESSAGE);
  return [{ ...(heading === '' ? {} : { heading }), ...fields, ...(message === '' ? {} : { message }) }];
}

function holdsTable(child: MarkupElement | string): boolean {
  return typeof child !== 'string' && (child.name === 'table' || child.children.some(holdsTable));
}

/** The rows below a header of at least three columns. */
function recordsOfTable(rows: readonly string[][]): Fields[] {
  const [header = [], ...others] = rows;
  if (header.length < 3 || header.some((cell) => cell === '' || cell.length > 60)) return [];
  return others
    .filter((cells) => cells.length === header.length)
    .map((cells) => Object.fromEntries(header.map((name, column) => [name, cells[column] as string])));
}

function pairsOf(rows: readonly string[][], lines: readonly string[]): Fields {
  const fields: Fields = {};
  const pairs = [
    ...rows.filter(({ length }) => length === 2).map(([label = '', value = '']) => [label, value]),
    ...lines.map((line) => {
      const colon = line.indexOf(': ');
      return colon < 0 ? ['', ''] : [line.slice(0, colon), line.slice(colon + 2)];
    }),
  ] as [string, string][];
  for (const [label, value] of pairs) {
    const name = label.replace(/:\s*$/, '').trim();
    if (
      name !== '' &&
      name.length <= 60 &&
      value !== '' &&
      name !== '__proto__' &&
      !Object.hasOwn(fields, name)
    )
      fields[name] = value;
  }
  return fields;
}
