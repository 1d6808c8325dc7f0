import { Parser } from 'htmlparser2';
import { MAX_JSON_DEPTH } from '../../reading/json-limits.ts';

/** Longest text of markup that is read, in UTF-16 units: the limit of one alert. */
export const MAX_MARKUP = 1_048_576;
/** Elements and attributes of one text. */
const MAX_VALUES = 50_000;

export interface MarkupElement {
  /** Without its namespace. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements and texts in their order. */
  readonly children: (MarkupElement | string)[];
  isClosed: boolean;
}

// Behind declarations, comments and a document type without declarations of its own.
const PROLOG = /^\s*(?:<\?[^>]*>\s*|<!--[^>]*-->\s*|<!DOCTYPE[^[<>]*>\s*)*/i;
const FIRST_TAG = /^<([A-Za-z_][\w:.-]*)(?=[\s/>])/;
/** Characters in which the first element begins. */
const HEAD_LENGTH = 4_096;

/** The name of the element that a text begins with, as it is written; undefined for a text that is no markup. */
export function rootOf(text: string): string | undefined {
  const head = text.slice(0, HEAD_LENGTH);
  return FIRST_TAG.exec(head.slice(PROLOG.exec(head)?.[0].length ?? 0))?.[1];
}

/**
 * The elements of a text of XML, or of HTML with its tags that are never closed. What a document type declares is not
 * looked at: its entities stay as they are written. Undefined for what is nested too deeply or holds too much.
 */
export function markupTree(text: string, xmlMode: boolean): MarkupElement | undefined {
  if (text.length > MAX_MARKUP) return undefined;
  const top: MarkupElement = { name: '', attributes: {}, children: [], isClosed: true };
  const open: MarkupElement[] = [top];
  let nValues = 0;
  let isTooMuch = false;
  const parser = new Parser(
    {
      onopentag(tag, attributes) {
        nValues += 1 + Object.keys(attributes).length;
        isTooMuch ||= nValues > MAX_VALUES || open.length > MAX_JSON_DEPTH;
        if (isTooMuch) return;
        const element = { name: withoutPrefix(tag), attributes, children: [], isClosed: false };
        open.at(-1)?.children.push(element);
        open.push(element);
      },
      ontext(part) {
        const { children } = open.at(-1) as MarkupElement;
        const last = children.length - 1;
        if (typeof children[last] === 'string') children[last] += part;
        else children.push(part);
      },
      onclosetag(_, isImplied) {
        if (isTooMuch || open.length === 1) return;
        const element = open.pop() as MarkupElement;
        // the end of the text closes what was left open
        element.isClosed = !isImplied || !xmlMode;
      },
    },
    { xmlMode },
  );
  parser.write(text);
  parser.end();
  return isTooMuch ? undefined : top;
}

const withoutPrefix = (name: string): string => name.slice(name.indexOf(':') + 1);

/** The texts in an element and below it, blanks joined. */
export function textOfElement(element: MarkupElement): string {
  const texts: string[] = [];
  const collect = ({ children }: MarkupElement): void => {
    for (const child of children) {
      if (typeof child === 'string') texts.push(child);
      else if (!/^(script|style)$/.test(child.name)) collect(child);
    }
  };
  collect(element);
  return texts.join(' ').replace(/\s+/g, ' ').trim();
}
