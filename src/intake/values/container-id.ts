/**
 * Id of a container in its normal form: 64 or, short, 12 hexadecimal digits without the runtime in front
 * (`containerd://`, `docker://`, `cri-o://`). A short id is the beginning of the long one. It is no file hash.
 */
export function containerId(text: string): string | undefined {
  if (text.length > 160) return undefined;
  const id = text
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]{0,30}:\/\//, '')
    .replace(/^(?:docker|crio|cri-containerd)-([0-9a-f]+)(?:\.scope)?$/, '$1');
  return /^(?:[0-9a-f]{64}|[0-9a-f]{12})$/.test(id) ? id : undefined;
}
