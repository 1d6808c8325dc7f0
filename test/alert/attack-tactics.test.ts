import { describe, expect, it } from 'vitest';
import { TACTICS, tacticIdOf, techniqueIdsIn } from '../../src/alert/attack-tactics.ts';

describe('ATT&CK', () => {
  it('has the 14 enterprise tactics in kill-chain order', () => {
    expect(TACTICS.map(({ id }) => id)).toEqual([
      'TA0043',
      'TA0042',
      'TA0001',
      'TA0002',
      'TA0003',
      'TA0004',
      'TA0005',
      'TA0006',
      'TA0007',
      'TA0008',
      'TA0009',
      'TA0011',
      'TA0010',
      'TA0040',
    ]);
  });

  it('knows its own names in every spelling', () => {
    for (const { id, name } of TACTICS) {
      for (const text of [
        id,
        id.toLowerCase(),
        name,
        name.replaceAll('_', ' '),
        name.replaceAll('_', '-').toUpperCase(),
        `${id} - ${name}`,
      ])
        expect(tacticIdOf(text), text).toBe(id);
    }
  });

  it('maps phrases of vendors and the other matrices', () => {
    const phrases: Readonly<Record<string, string>> = {
      DefenseEvasion: 'TA0005',
      'Command & Control': 'TA0011',
      PreAttack: 'TA0043',
      Probing: 'TA0043',
      InhibitResponseFunction: 'TA0040',
      Malware: 'TA0002',
      'Machine Learning': 'TA0002',
      Exploit: 'TA0002',
      'Post-Exploit': 'TA0004',
      Stealth: 'TA0005',
      TA0108: 'TA0001',
      TA0034: 'TA0040',
    };
    for (const [phrase, id] of Object.entries(phrases)) expect(tacticIdOf(phrase), phrase).toBe(id);
    for (const phrase of [
      'Falcon Overwatch',
      'Custom Intelligence',
      'Insecure security posture',
      'TA9999',
      '',
      'x'.repeat(500),
    ])
      expect(tacticIdOf(phrase), phrase).toBeUndefined();
  });

  it('answers the same after many other questions', () => {
    for (let i = 0; i < 2000; i++) tacticIdOf(`phrase ${i}`);
    expect(tacticIdOf('Impact')).toBe('TA0040');
  });

  it('finds technique ids in text', () => {
    expect(techniqueIdsIn('System Binary Proxy Execution (T1218), Rundll32 (t1218.011), T1218')).toEqual([
      'T1218',
      'T1218.011',
    ]);
    expect(techniqueIdsIn('TA0043-T1595')).toEqual(['T1595']);
    expect(techniqueIdsIn('MITRE_T1059_CMD')).toEqual(['T1059']);
    expect(techniqueIdsIn('AT1059 T10599 T105')).toEqual([]);
  });
});
