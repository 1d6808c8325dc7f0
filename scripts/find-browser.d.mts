/** Path of a Chromium-like browser on this machine, CHROME_PATH before all; undefined where there is none. */
export function findBrowser(env?: Readonly<Record<string, string | undefined>>): string | undefined;
