/**
 * The function key of this tab. It lives in session storage alone: it ends with the tab, no other tab sees it, and it
 * goes to the service as a header, never in an address.
 */
const KEY = 'alertforest.key';
const NAME = 'alertforest.analyst';

export const storedKey = (): string => sessionStorage.getItem(KEY) ?? '';

export function keepKey(key: string): void {
  if (key === '') sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, key);
}

/** Who judges and operates here, as people write it into the form; a claim, unless sign-in proves it. */
export const storedName = (): string => sessionStorage.getItem(NAME) ?? '';

export function keepName(name: string): void {
  sessionStorage.setItem(NAME, name);
}
