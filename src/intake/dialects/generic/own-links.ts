import type { FlatPayload, Leaf } from '../../draft/flat-payload.ts';

const OWN_LINK =
  /(alert|incident|console|portal|edit|manage|network|device|organi[sz]ation|account|dashboard|query|response|admin|settings|generator|runbook|reference|finding|case|rule|doc|docs|help|base|api|icon|image|report|ui|details?|investigation|web|callback|self|html|avatar|event|view|detection|ticket)(url|uri|link|href)s?$/;

/** Whether the link of a record is the page on which the tool shows it: it holds the record's id. */
export function isOwnPage({ names }: Leaf, text: string, id = ''): boolean {
  return names.length === 1 && id.length >= 4 && text.includes(id);
}

/** Hosts of the pages on which the tool shows a record: links in its texts to one of them lead to the tool too. */
export function ownHosts(flat: FlatPayload, id: string | undefined): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const leaf of flat.leaves) {
    const text = leaf.value;
    if (typeof text !== 'string' || !text.startsWith('http') || leaf.names.length > 2) continue;
    const host = /^https?:\/\/([^/?#]{3,255})/.exec(text)?.[1];
    if (
      host !== undefined &&
      (isOwnLink(leaf.names.at(-1) ?? '', leaf.names.at(-2)) || isOwnPage(leaf, text, id))
    )
      hosts.add(host.toLowerCase());
  }
  return hosts;
}

/** Whether a link is named after whom it belongs to: `acme_url: https://console.acme.example/…`. */
export function isLinkOfProduct(name: string, text: string): boolean {
  const word = /^([a-z]{4,24})(?:url|uri|link|href)$/.exec(name)?.[1];
  return word !== undefined && (text.slice(0, 256).toLowerCase().split('/')[2] ?? '').includes(word);
}

/** Whether a name says that a link leads to the tool itself. */
export function isOwnLink(name: string, parent = ''): boolean {
  return (
    OWN_LINK.test(name) ||
    /^(link|links|href|self|references?|permalink|portal)$/.test(name) ||
    // `links: {computer: …}` are a service's own addresses; `links: [{url}]` those that a mail holds.
    (parent === 'links' && name !== 'url') ||
    name.endsWith('link')
  );
}
