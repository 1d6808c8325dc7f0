import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Runs a script that generates files, where it is the one that was started: writes them, or with `--check` compares
 * them and ends with exit code 1 where one differs.
 *
 * @param script `import.meta.url` of the script
 * @param command what to run to write them, for the message
 * @param generate path from the root of the project -> text
 */
export async function runGenerator(
  script: string,
  command: string,
  generate: () => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>,
): Promise<void> {
  if (script !== pathToFileURL(process.argv[1] ?? '').href) return;
  const isCheck = process.argv.includes('--check');
  for (const [path, text] of Object.entries(await generate())) {
    const file = fileURLToPath(new URL(`../${path}`, import.meta.url));
    if (!isCheck) {
      await writeFile(file, text);
      console.log(`${path}: ${text.length} characters`);
    } else if ((await readFile(file, 'utf8').catch(() => undefined)) !== text) {
      console.error(`${path} is not what its source says: run ${command}`);
      process.exitCode = 1;
    }
  }
}
