import { describe, expect, it } from 'vitest';
import { requestTarget } from '../../src/local/request-target.ts';

describe('requestTarget', () => {
  it.each([
    ['/api/a?x=1', '/api/a?x=1'],
    ['/api/versions/../health', '/api/health'],
    ['/api/versions/%2e%2E/health?a=..', '/api/health?a=..'],
    ['/api/./a/%2E', '/api/a/'],
    ['/../../a', '/a'],
    ['/a/..', '/'],
    ['/a/%2Fb/..%2fc', '/a/%2Fb/..%2fc'],
    ['http://host/api/a?b', '/api/a?b'],
    ['/api/%00', 400],
    ['*', 400],
    [`/${'x'.repeat(8_200)}`, 414],
  ])('reads %s', (given, expected) => {
    expect(requestTarget(given)).toBe(expected);
  });
});
