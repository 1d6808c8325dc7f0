import { describe, expect, it } from 'vitest';
import { refuseForeignOrigin } from '../../functions/same-origin.ts';

const URL_OF_APP = 'https://func-a.azurewebsites.net/api/v1/ml/policy';
const headers = (given: Record<string, string>) => ({ get: (name: string) => given[name] ?? null });
const refused = (method: string, given: Record<string, string>) => () =>
  refuseForeignOrigin(method, URL_OF_APP, headers(given));

describe('refuseForeignOrigin', () => {
  it('lets through the own page, a page behind the own proxy, and programs', () => {
    const ours: Record<string, string>[] = [
      {},
      { origin: 'https://func-a.azurewebsites.net' },
      { origin: 'https://soc.contoso.example', 'x-forwarded-host': 'soc.contoso.example' },
      { origin: 'http://127.0.0.1:7071', host: '127.0.0.1:7071' },
    ];
    for (const given of ours) expect(refused('POST', given)).not.toThrow();
  });

  it('refuses what another site, a sandbox or another port makes a browser send', () => {
    for (const origin of [
      'https://evil.example',
      'null',
      'https://func-a.azurewebsites.net:8443',
      'nonsense',
    ])
      for (const method of ['POST', 'PUT', 'DELETE', 'patch'])
        expect(refused(method, { origin })).toThrow(/takes nothing from pages/);
  });

  it('asks nobody who only reads', () => {
    expect(refused('GET', { origin: 'https://evil.example' })).not.toThrow();
  });
});
