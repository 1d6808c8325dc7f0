/** Traffic Light Protocol 2.0, from open to closed. @see https://www.first.org/tlp/ */
export const TLP = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
export type Tlp = (typeof TLP)[number];

// Marking definitions that STIX fixes for TLP 1.0 and OASIS for TLP 2.0.
const MARKINGS: Readonly<Record<string, Tlp>> = {
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': 'clear',
  'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': 'green',
  'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': 'amber',
  'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': 'red',
  'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487': 'clear',
  'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb': 'green',
  'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421': 'amber',
  'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003': 'amber+strict',
  'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1': 'red',
};

/** TLP from a word or a tag: `TLP:AMBER+STRICT`, `tlp:white`, `amber`. */
export function tlpOfWord(text: string): Tlp | undefined {
  if (text.length > 40) return undefined;
  const word = text
    .toLowerCase()
    .replace(/^.*tlp\s*[:=]\s*/, '')
    .replace(/["'\s]/g, '')
    .replace(/^white$/, 'clear')
    .replace(/^amber[_-]strict$/, 'amber+strict');
  return (TLP as readonly string[]).includes(word) ? (word as Tlp) : undefined;
}

/** TLP from the id of a marking definition. */
export function tlpOfMarking(id: string): Tlp | undefined {
  return Object.hasOwn(MARKINGS, id) ? MARKINGS[id] : undefined;
}

/** The stricter of two. */
export function stricterTlp(one: Tlp | undefined, other: Tlp | undefined): Tlp | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return TLP.indexOf(one) >= TLP.indexOf(other) ? one : other;
}
