import type { ReleaseRecord } from '../../store/release.ts';

/** Whether the release made version `version` of `model`, promoted or refused. */
export function madeBy(record: ReleaseRecord, model: string, version: string): boolean {
  const made = record.models[model];
  return made?.version === version && made.decision !== 'carried';
}

/** Ids of at most `most` releases before a child of the release `id`, nearest first. */
export function ancestorsOf(id: string, record: ReleaseRecord, most: number): string[] {
  const further = record.ancestors ?? (record.parent === null ? [] : [record.parent]);
  return [id, ...further].slice(0, most);
}
