import { ENTITY_KINDS } from '../../alert/alert.ts';
import type { AlertFacts } from '../facts/alert-facts.ts';
import { type ColumnHistory, type Columns, column, columnPerKind, count } from '../feature-definition.ts';

/** The reader of the fifth catalogue finds other entities where evidence is nested or stands in text. */
const reread = (replaces: string): ColumnHistory => ({ since: 5, replaces });

const label = (kind: string): string => kind.replaceAll('_', ' ');

export const ENTITY_COLUMNS: readonly Columns<AlertFacts>[] = [
  columnPerKind(
    'entities',
    ENTITY_KINDS,
    (kind) => [
      `${kind}_count`,
      `Entities of kind ${kind}.`,
      count(`${label(kind)} entity`, `${label(kind)} entities`),
    ],
    ({ entities }) => entities.ofKind,
  ),
  column(
    'entity_count_v2',
    'entities',
    'Entities of any kind.',
    count('entity', 'entities'),
    ({ alert }) => alert.entities.length,
    reread('entity_count'),
  ),
  column(
    'entity_kind_count_v2',
    'entities',
    'Distinct kinds among them.',
    count('kind of entity', 'kinds of entity'),
    ({ entities }) => entities.nKinds,
    reread('entity_kind_count'),
  ),
  column(
    'public_ip_count',
    'entities',
    'Addresses that are globally reachable.',
    count('public address', 'public addresses'),
    ({ entities }) => entities.nPublic,
  ),
  column(
    'private_ip_count',
    'entities',
    'Addresses of private, loopback, link-local and other special ranges.',
    count('private address', 'private addresses'),
    ({ entities }) => entities.nPrivate,
  ),
  column(
    'asset_count_v2',
    'entities',
    'Hosts, users and cloud resources.',
    count('asset', 'assets'),
    ({ entities }) => entities.of('host') + entities.of('user') + entities.of('cloud_resource'),
    reread('asset_count'),
  ),
  column(
    'indicator_count',
    'entities',
    'Public addresses, hashes, urls, domains and email addresses.',
    count('indicator', 'indicators'),
    ({ entities }) =>
      entities.nPublic +
      entities.of('hash') +
      entities.of('url') +
      entities.of('domain') +
      entities.of('email'),
  ),
  column(
    'attacker_count',
    'entities',
    'Entities in the role attacker.',
    count('attacker entity', 'attacker entities'),
    ({ entities }) => entities.nAttackers,
  ),
  column(
    'impacted_count_v2',
    'entities',
    'Entities in the role victim or impacted.',
    count('impacted entity', 'impacted entities'),
    ({ entities }) => entities.nImpacted,
    reread('impacted_count'),
  ),
];
