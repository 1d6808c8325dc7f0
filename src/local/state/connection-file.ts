import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Where `npm start` keeps its storage, unless AZURITE_DIR names another folder. */
export const STATE_FOLDER = '.azurite';

const connectionSchema = z.object({
  /** Of the storage emulator that runs beside the service; its key is the emulator's own, which is public. */
  connectionString: z.string().min(1),
  /** Where the service answers. */
  url: z.url(),
});
/** How other processes of this machine reach a service that runs on it. */
export type Connection = z.infer<typeof connectionSchema>;

export const connectionFile = (stateFolder: string): string => join(stateFolder, 'host', 'connection.json');

/** Tells other processes where the service is; gives what takes it back. */
export function writeConnection(file: string, connection: Connection): () => void {
  writeFileSync(file, `${JSON.stringify(connection, undefined, 2)}\n`);
  return () => rmSync(file, { force: true });
}

/** `undefined` where no service says that it runs. @throws Error where the file is none of ours */
export function readConnection(file: string): Connection | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return connectionSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new Error(`Expected ${file} to hold \`connectionString\` and \`url\` of a service that runs.`, {
      cause,
    });
  }
}
