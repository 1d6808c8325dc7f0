import type { ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruleSchema, rulesAnswerSchema } from '../../src/api/rules/rules.ts';
import { MODEL_CONTAINER } from '../../src/store/names.ts';
import { eventually } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';
import { Caller, storageOf } from '../support/learning-service.ts';

const rule = (id: string, word: string, level = 'high'): string =>
  `title: Our ${word}
id: ${id}
logsource: {category: alert}
detection:
  selection:
    alert.title|contains: ${word}
  condition: selection
level: ${level}
reason: We know ${word} too well.
`;

const BAD = `title: Broken
id: ours-broken
logsource: {category: alert}
detection:
  selection:
    alert.title|re: 'a(b'
  condition: selection
`;

let nAlerts = 0;
/** A new one each time: an alert that is sent again counts no hits. */
const alert = (title: string) => ({
  id: `alert-${++nAlerts}`,
  title,
  source: 'edr',
  severity: 'low',
  occurred_at: '2026-03-04T02:14:07Z',
});

describe("a customer's rules in the container, through the built service", () => {
  let service: IsolatedService;
  let soc: Caller;
  let container: ContainerClient;
  beforeAll(async () => {
    service = await startIsolatedService({ env: { HEAD_POLL_SECONDS: '0.2' } });
    soc = new Caller(service.url);
    container = storageOf(service).clients.container(MODEL_CONTAINER);
  });
  afterAll(() => service?.stop());

  const put = (file: string, text: string): Promise<unknown> =>
    container.getBlockBlobClient(`rules/${file}`).upload(text, Buffer.byteLength(text));
  const hitsOf = async (title: string): Promise<string[]> => {
    const { status, body } = await soc.post('/predict', alert(title));
    expect(status).toBe(200);
    return (body.rules as { id: string }[]).map(({ id }) => id);
  };
  const eventuallyHits = (title: string, id: string, isHit: boolean): Promise<unknown> =>
    eventually(`${id} on "${title}": ${isHit}`, async () =>
      (await hitsOf(title)).includes(id) === isHit ? true : undefined,
    );

  it('come into force, are listed, counted and switched off, change with their file and go with it', async () => {
    await put('ours.yml', rule('ours-zebra', 'zebra'));
    await eventuallyHits('A zebra crossing', 'ours-zebra', true);
    const { body: listed } = await soc.get('/rules/ours-zebra');
    expect(ruleSchema.parse(listed)).toMatchObject({
      origin: 'customer',
      level: 'high',
      enabled: true,
      reason: 'We know zebra too well.',
    });
    expect(listed.hits).toBeGreaterThan(0);

    const { body: off } = await soc.put('/rules/ours-zebra', { ...listed, enabled: false, why: 'A test.' });
    expect(off).toMatchObject({ enabled: false, weight: listed.weight, evidence: 0 });
    expect(await hitsOf('A zebra crossing')).not.toContain('ours-zebra');

    await put('ours.yml', rule('ours-giraffe', 'giraffe'));
    await eventuallyHits('A giraffe', 'ours-giraffe', true);
    expect((await soc.get('/rules/ours-zebra')).status).toBe(404);
    await container.deleteBlob('rules/ours.yml');
    await eventuallyHits('A giraffe', 'ours-giraffe', false);
  });

  it('stand beside a bad one, which is told by file, line, column and reason', async () => {
    await put('a-bad.yml', `${rule('ours-lion', 'lion')}---\n${BAD}`);
    await put('b-unread.yml', 'title: [unclosed');
    await put('c-good.yml', rule('ours-tiger', 'tiger', 'medium'));
    await eventuallyHits('A tiger', 'ours-tiger', true);
    expect(await hitsOf('A lion')).toContain('ours-lion');
    const { refused, rules } = rulesAnswerSchema.parse((await soc.get('/rules?status=refused')).body);
    expect(rules).toEqual([]);
    expect(refused).toEqual([
      {
        file: 'rules/a-bad.yml',
        // the item with the expression, behind the first rule's ten lines and the separator
        ...{ line: 16, column: 5 },
        ...{ id: 'ours-broken', title: 'Broken' },
        reason: expect.stringContaining('missing closing )'),
      },
      expect.objectContaining({ file: 'rules/b-unread.yml', line: 1, id: '' }),
    ]);
  });
});
