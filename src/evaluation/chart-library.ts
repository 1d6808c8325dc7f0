import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Script and style of uPlot as a page takes them in. The bundle of the command line has them beside it. */
export const CHART_FILES = ['uPlot.iife.min.js', 'uPlot.min.css'] as const;

/** The two texts, in the order of {@link CHART_FILES}. */
export function chartLibrary(): Promise<[script: string, style: string]> {
  const [script, style] = CHART_FILES;
  const folder = chartFolder();
  return Promise.all([readFile(join(folder, script), 'utf8'), readFile(join(folder, style), 'utf8')]);
}

function chartFolder(): string {
  if (!import.meta.url.endsWith('.ts')) return dirname(fileURLToPath(import.meta.url));
  return join(dirname(createRequire(import.meta.url).resolve('uplot/package.json')), 'dist');
}
