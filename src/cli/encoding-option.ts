import { Option } from 'commander';

/** `--encoding`: a file does not say it as a request does. */
export const encodingOption = (): Option =>
  new Option(
    '--encoding <name>',
    'of the text, such as windows-1252 for what a spreadsheet saves as CSV; a byte order mark wins',
  ).default('utf-8');
