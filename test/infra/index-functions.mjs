import { globSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// Indexes a deployed folder the way the Functions worker does (docs/local-host.md): takes `main` of package.json as
// a glob, loads every match, and collects what it registers. Prints one line of JSON. Run in the folder to index.

const registered = [];
const problems = [];
globalThis.__functionsCore = {
  version: '4.0.0',
  setProgrammingModel: () => {},
  getProgrammingModel: () => undefined,
  registerFunction: (metadata) => {
    registered.push(metadata);
    return { dispose: () => {} };
  },
  registerHook: () => ({ dispose: () => {} }),
  log: (level, _category, message) => {
    if (level === 'warning' || level === 'error') problems.push(message);
  },
};
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@azure/functions-core'
      ? { url: 'worker:functions-core', format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url === 'worker:functions-core'
      ? { format: 'commonjs', source: 'module.exports = globalThis.__functionsCore;', shortCircuit: true }
      : next(url, context),
});

const { main, type } = JSON.parse(readFileSync('package.json', 'utf8'));
const files = globSync(main);
if (files.length === 0) throw new Error(`Expected ${main} to match a file.`);
for (const file of files) {
  const extension = extname(file);
  if (extension !== '.mjs' && !(extension === '.js' && type === 'module')) {
    throw new Error(`Expected an ES module, got ${file}.`);
  }
  await import(pathToFileURL(resolve(file)).href);
}
process.stdout.write(`${JSON.stringify({ registered, problems, files })}\n`);
process.exit(0);
