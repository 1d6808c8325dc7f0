import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { closingOf } from '../../evidence/closing.ts';
import { outcomeOfWord } from '../../evidence/closing-words.ts';
import { readEvidenceTree } from '../../evidence/evidence-tree.ts';
import {
  at,
  type JsonObject,
  listOf,
  lookup,
  objectOf,
  objectsOf,
  textAt,
  textOf,
} from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { sourceOfProduct } from '../../values/product-name.ts';
import { PERCENT_SCALE } from '../../values/severity-scale.ts';
import type { Dialect } from '../dialect.ts';

/** A finding in the AWS Security Finding Format, from Security Hub or a product that reports to it. */
export const awsSecurityhub: Dialect = {
  name: 'aws_securityhub',
  title: 'AWS Security Hub finding (ASFF)',
  reads: {
    recognisedBy: '`ProductArn`',
    id: '`Id`',
    time: '`FirstObservedAt`, `CreatedAt`',
    severity: '`FindingProviderFields.Severity`, `Severity`',
    tactics: '`Types`',
    entities: '`Resources`, `Network`, `Action`, `Process`, indicators',
  },
  verdictFields: [
    'Workflow.Status',
    'WorkflowState',
    'RecordState',
    'VerificationState',
    'Note',
    'UpdatedAt',
    'UserDefinedFields',
  ],

  recognise: (payload) => 'ProductArn' in payload && ('SchemaVersion' in payload || 'GeneratorId' in payload),

  toAlert(payload, draft) {
    draft.text('id', payload, 'Id');
    draft.text('title', payload, 'Title', 'Description');
    draft.text('rule_id', payload, 'GeneratorId');
    draft.text('rule_name', payload, 'Types', 'Title');
    draft.text('category', payload, 'FindingProviderFields.Types', 'Types');
    draft.text('tenant', payload, 'AwsAccountId');
    draft.text('vendor', payload, 'CompanyName', 'ProductFields.aws/securityhub/CompanyName');
    const product = textAt(payload, 'ProductName');
    if (product !== undefined) draft.set('source', sourceOfProduct(product), 'ProductName');
    draft.constant('source', 'aws_security_hub');
    // Customers may overwrite Severity; what the product said stays under FindingProviderFields.
    draft.severity(
      at(payload, 'FindingProviderFields.Severity.Label'),
      'FindingProviderFields.Severity.Label',
    );
    draft.severity(at(payload, 'Severity.Label'), 'Severity.Label');
    draft.severity(at(payload, 'Severity.Normalized'), 'Severity.Normalized', PERCENT_SCALE);
    draft.score(at(payload, 'Severity.Normalized'), 'Severity.Normalized');
    draft.time('occurred_at', payload, 'FirstObservedAt', 'CreatedAt', 'UpdatedAt');
    draft.time('created_at', payload, 'CreatedAt');
    for (const type of listOf(payload['Types'])) {
      // "TTPs/Defense Evasion/Stealth:IAMUser-CloudTrailLoggingDisabled": the second part is a tactic.
      const parts = textOf(type)?.split('/') ?? [];
      if (parts.length > 1) draft.attack(parts.slice(1), 'Types');
    }
    readResources(payload, draft);
    readAction(objectOf(payload['Action']), draft);
    readNetwork(payload, draft);
  },

  closingOf(payload): Closing | undefined {
    // The deprecated WorkflowState may have stayed behind.
    const status = textAt(payload, 'Workflow.Status') ?? textAt(payload, 'WorkflowState');
    if (status === undefined || !/^(resolved|suppressed)$/i.test(status)) return undefined;
    const state = textAt(payload, 'VerificationState');
    const outcome = outcomeOfWord(state);
    return closingOf({
      record: payload,
      outcome,
      word: state,
      raw: [status, state],
      closedAt: momentOf(at(payload, 'Note.UpdatedAt') ?? payload['UpdatedAt']),
      trace: {
        // The state of verification is the customer's to set; providers leave it alone.
        ...(outcome !== undefined && outcome !== 'no_label' && textAt(payload, 'Note.UpdatedBy') === undefined
          ? { marker: 'person' as const }
          : {}),
        closers: [textAt(payload, 'Note.UpdatedBy')],
        comments: [textAt(payload, 'Note.Text')],
      },
    });
  },

  recordOf(payload): RecordFacts {
    const moments = [at(payload, 'Note.UpdatedAt'), payload['UpdatedAt']].flatMap(
      (moment) => momentOf(moment) ?? [],
    );
    const changedAt = moments.sort().at(-1);
    return { ...(changedAt === undefined ? {} : { changedAt }), isIncident: false };
  },
};

function readResources(payload: JsonObject, draft: AlertDraft): void {
  for (const resource of objectsOf(payload['Resources'])) {
    draft.entity('cloud_resource', resource['Id'], 'Resources.Id', 'impacted');
    const details = objectOf(resource['Details']);
    if (details === undefined) continue;
    const instance = objectOf(details['AwsEc2Instance']);
    draft.entity('ip', instance?.['IpV4Addresses'], 'Resources.Details.AwsEc2Instance', 'impacted');
    draft.entity('ip', instance?.['IpV6Addresses'], 'Resources.Details.AwsEc2Instance', 'impacted');
    const container = objectOf(details['Container']);
    draft.entity(
      'other',
      container?.['ImageName'] ?? container?.['Name'],
      'Resources.Details.Container',
      'impacted',
    );
    const key = objectOf(details['AwsIamAccessKey']);
    draft.entity('user', key?.['UserName'] ?? key?.['PrincipalName'], 'Resources.Details.AwsIamAccessKey');
    draft.entity('user', objectOf(details['AwsIamUser'])?.['UserName'], 'Resources.Details.AwsIamUser');
  }
}

function readAction(action: JsonObject | undefined, draft: AlertDraft): void {
  if (action === undefined) return;
  for (const name of ['AwsApiCallAction', 'NetworkConnectionAction']) {
    const one = objectOf(action[name]);
    draft.entity('ip', objectOf(one?.['RemoteIpDetails'])?.['IpAddressV4'], `Action.${name}.RemoteIpDetails`);
    draft.entity('domain', objectOf(one?.['DomainDetails'])?.['Domain'], `Action.${name}.DomainDetails`);
  }
  for (const probe of objectsOf(objectOf(action['PortProbeAction'])?.['PortProbeDetails']))
    draft.entity('ip', objectOf(probe['RemoteIpDetails'])?.['IpAddressV4'], 'Action.PortProbeAction');
  draft.entity('domain', objectOf(action['DnsRequestAction'])?.['Domain'], 'Action.DnsRequestAction.Domain');
}

function readDetection(payload: JsonObject, draft: AlertDraft): void {
  const sequence = objectOf(at(payload, 'Detection.Sequence'));
  const from = 'Detection.Sequence';
  for (const actor of objectsOf(sequence?.['Actors'])) {
    draft.entity(
      'user',
      textAt(actor, 'User.Name', 'User.Id', 'User.CredentialUid'),
      `${from}.Actors`,
      'attacker',
    );
    draft.entity('user', textAt(actor, 'Session.Issuer'), `${from}.Actors`, 'attacker');
  }
  for (const end of objectsOf(sequence?.['Endpoints'])) {
    draft.entity('ip', end['Ip'], `${from}.Endpoints`);
    draft.entity('domain', end['Domain'], `${from}.Endpoints`);
  }
  const indicators = [
    ...objectsOf(sequence?.['SequenceIndicators']),
    ...objectsOf(sequence?.['Signals']).flatMap((signal) => objectsOf(signal['SignalIndicators'])),
  ];
  for (const indicator of indicators) {
    const type = textOf(indicator['Key']) ?? '';
    const kind = /_IP$/.test(type)
      ? 'ip'
      : /_DOMAIN$/.test(type)
        ? 'domain'
        : /_PROCESS$/.test(type)
          ? 'process'
          : /_FILE$/.test(type)
            ? 'file'
            : undefined;
    if (kind === undefined) draft.attack(indicator['Values'], `${from}.SequenceIndicators`);
    else draft.entity(kind, indicator['Values'], `${from}.SequenceIndicators`, 'attacker');
  }
  for (const threat of objectsOf(payload['Threats']))
    for (const file of objectsOf(threat['FilePaths'])) {
      draft.entity('file', file['FilePath'] ?? file['FileName'], 'Threats.FilePaths');
      draft.entity('hash', file['Hash'], 'Threats.FilePaths');
    }
  readEvidenceTree(payload['NetworkPath'], 'NetworkPath', draft, 'related');
}

const INDICATORS: Readonly<Record<string, 'ip' | 'domain' | 'email' | 'hash' | 'url' | 'process' | 'other'>> =
  {
    DOMAIN: 'domain',
    EMAIL_ADDRESS: 'email',
    HASH_MD5: 'hash',
    HASH_SHA1: 'hash',
    HASH_SHA256: 'hash',
    HASH_SHA512: 'hash',
    IPV4_ADDRESS: 'ip',
    IPV6_ADDRESS: 'ip',
    PROCESS: 'process',
    MUTEX: 'other',
    URL: 'url',
  };

function readNetwork(payload: JsonObject, draft: AlertDraft): void {
  const network = objectOf(payload['Network']);
  for (const name of ['SourceIpV4', 'SourceIpV6', 'DestinationIpV4', 'DestinationIpV6'])
    draft.entity('ip', network?.[name], `Network.${name}`);
  for (const name of ['SourceDomain', 'DestinationDomain'])
    draft.entity('domain', network?.[name], `Network.${name}`);
  const process = objectOf(payload['Process']);
  draft.entity('process', process?.['Path'] ?? process?.['Name'], 'Process');
  readDetection(payload, draft);
  for (const malware of objectsOf(payload['Malware'])) draft.entity('file', malware['Path'], 'Malware.Path');
  for (const indicator of objectsOf(payload['ThreatIntelIndicators'])) {
    const kind = lookup(INDICATORS, textOf(indicator['Type']) ?? '');
    if (kind !== undefined) draft.entity(kind, indicator['Value'], 'ThreatIntelIndicators', 'attacker');
  }
  // Products without a place for the remote address put the finding's own path into a key.
  const fields = objectOf(payload['ProductFields']) ?? {};
  for (const key in fields) {
    if (key.length < 256 && /\/(ipAddressV4|remoteIp|sourceIp)$/i.test(key))
      draft.entity('ip', fields[key], 'ProductFields');
  }
}
