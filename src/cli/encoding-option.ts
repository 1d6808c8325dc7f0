import { InvalidArgumentError, Option } from 'commander';
import { knownEncoding } from '../logs/open-text.ts';

/** `--encoding`: a file does not say it as a request does. */
export const encodingOption = (): Option =>
  new Option(
    '--encoding <name>',
    'of the text, such as windows-1252 for what a spreadsheet saves as CSV; a byte order mark wins',
  )
    .argParser(parseEncoding)
    .default('utf-8');

function parseEncoding(text: string): string {
  if (knownEncoding(text)) return text;
  throw new InvalidArgumentError(
    `Expected an encoding such as utf-8, utf-16le or windows-1252, got ${text}.`,
  );
}
