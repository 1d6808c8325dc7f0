import { describe, expect, it } from 'vitest';
import { compileRouteTemplate } from '../../src/local/route-template.ts';

const match = (template: string, path: string) => compileRouteTemplate(template).match(path);

describe('compileRouteTemplate', () => {
  it('matches literals without regard to case', () => {
    expect(match('v1/ml/predict', 'V1/ML/Predict')).toEqual({});
    expect(match('v1/ml/predict', 'v1/ml/predict/more')).toBeUndefined();
    expect(match('a.b', 'axb')).toBeUndefined();
  });

  it('takes a parameter from one segment and decodes it, %2F excepted', () => {
    expect(match('items/{name}', 'items/a%20b')).toEqual({ name: 'a b' });
    expect(match('items/{name}', 'items/a%2Fb%20c')).toEqual({ name: 'a%2Fb c' });
    expect(match('items/{name}', 'items/a/b')).toBeUndefined();
    expect(match('items/{name}', 'items/')).toBeUndefined();
    expect(match('items/{name}', 'items/50%')).toEqual({ name: '50%' });
  });

  it('keeps the case of a value', () => {
    expect(match('Items/{name}', 'items/MiXed')).toEqual({ name: 'MiXed' });
  });

  it('takes several parameters of one segment', () => {
    expect(match('{name}.{version}', 'classifier.3')).toEqual({ name: 'classifier', version: '3' });
    expect(match('v{major:int}/x', 'v12/x')).toEqual({ major: '12' });
  });

  it('lets the last parameter be absent when it is optional or has a default', () => {
    expect(match('items/{id?}', 'items')).toEqual({});
    expect(match('items/{id?}', 'items/7')).toEqual({ id: '7' });
    expect(match('items/{id:int?}', 'items/x')).toBeUndefined();
    expect(match('items/{page=1}', 'items')).toEqual({ page: '1' });
  });

  it('takes the whole rest in a catch-all', () => {
    expect(match('files/{*rest}', 'files/a/b/c')).toEqual({ rest: 'a/b/c' });
    expect(match('files/{*rest}', 'files')).toEqual({});
    expect(match('{*rest}', 'anything/at/all')).toEqual({ rest: 'anything/at/all' });
  });

  it.each([
    ['int', ['0', '-7', '2147483647'], ['2147483648', '1.5', 'x', '0x10']],
    ['long', ['9223372036854775807'], ['9223372036854775808', 'x']],
    ['bool', ['true', 'FALSE'], ['yes', '1']],
    ['alpha', ['abc', 'ABC'], ['a1', 'a-b']],
    ['decimal', ['1', '-1.5', '.5'], ['1e3', 'x']],
    ['double', ['1e3', '-2.5'], ['e', 'x']],
    ['guid', ['1f1d6d2e-7c41-5f0b-a3a6-6b6e1e6f2c55'], ['1f1d6d2e', 'x']],
    ['datetime', ['2026-03-18', '2026-03-18T02:41:17Z'], ['2026-13-40', 'today']],
    ['length(3)', ['abc'], ['ab', 'abcd']],
    ['length(2,3)', ['ab', 'abc'], ['a', 'abcd']],
    ['minlength(2)', ['ab'], ['a']],
    ['maxlength(2)', ['ab'], ['abc']],
    ['min(10)', ['10'], ['9', 'x']],
    ['max(10)', ['10'], ['11', 'x']],
    ['range(1,9)', ['1', '9'], ['0', '10']],
    ['required', ['x'], []],
    ['regex(^\\d{{3}}-\\d{{4}}$)', ['555-1234'], ['55-1234']],
    ['int:min(5)', ['5'], ['4', 'x']],
  ])('checks the constraint %s', (constraint, accepted, refused) => {
    for (const value of accepted) {
      expect(match(`{x:${constraint}}`, encodeURIComponent(value)), value).toEqual({ x: value });
    }
    for (const value of refused) expect(match(`{x:${constraint}}`, value), value).toBeUndefined();
  });

  it.each(['{a', 'a}', '{}', '{a}/{a}', '{a}/{A}', '{a?}/b', '{*rest}/b', '{a=1}/b', '{a:unknown}', '{a b}'])(
    'refuses the template %s',
    (template) => {
      expect(() => compileRouteTemplate(template)).toThrow(SyntaxError);
    },
  );

  it('takes doubled braces as braces', () => {
    expect(match('a{{b}}', 'a{b}')).toEqual({});
  });
});
