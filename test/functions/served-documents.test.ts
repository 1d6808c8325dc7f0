import { describe, expect, it } from 'vitest';
import { openApiText, swagger2Text } from '../../functions/served-documents.ts';
import { openApiDocument } from '../../src/api/openapi.ts';
import { swagger2Document } from '../../src/api/swagger2.ts';

const ADDRESSES = ['https://api.example/api/v1/ml', 'http://127.0.0.1:7071/api/v1/ml'];

describe('the documents that are served', () => {
  it('are those of the routes, at the address they were asked for', async () => {
    for (const serverUrl of ADDRESSES) {
      const document = openApiDocument({ serverUrl });
      expect(JSON.parse(await openApiText(serverUrl))).toEqual(document);
      expect(JSON.parse(await swagger2Text(serverUrl))).toEqual(swagger2Document(document));
    }
  });

  it('are put together from the same bytes each time, whatever address a caller sends', async () => {
    const address = `http://${'a'.repeat(60)}.example/${'"\\'.repeat(200)}/api`;
    const [one, other] = [await openApiText(ADDRESSES[0]!), await openApiText(address)];
    expect(JSON.parse(other).servers).toEqual([{ url: new URL(address).href }]);
    // all but the address is the text that was made once
    expect(other.slice(-100_000)).toBe(one.slice(-100_000));
  });
});
