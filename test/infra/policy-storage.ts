import {
  BEHAVIOR_TABLE,
  FEEDBACK_TABLE,
  FLEET_TABLE,
  INTEL_CONTAINER,
  MODEL_CONTAINER,
  RETRAIN_POISON_QUEUE,
  RETRAIN_QUEUE,
  RUNS_TABLE,
} from '../../src/store/names.ts';
import { at, type BicepFile, type Resource, type Value } from './bicep-file.ts';
import { type Expect, ofType, same, sorted, textOf } from './policy-helpers.ts';

const APP_ROLES = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
};
const READER_ROLES = {
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': 'Storage Blob Data Reader',
  '76199698-9eea-4c19-bc75-cec21354c6b6': 'Storage Table Data Reader',
};

export function checkStorage(file: BicepFile, expect: Expect): void {
  const account = ofType(file, 'Microsoft.Storage/storageAccounts')?.body;
  const must: Record<string, Value> = {
    'properties.allowSharedKeyAccess': false,
    'properties.allowBlobPublicAccess': false,
    'properties.allowCrossTenantReplication': false,
    'properties.defaultToOAuthAuthentication': true,
    'properties.minimumTlsVersion': 'TLS1_2',
    'properties.supportsHttpsTrafficOnly': true,
  };
  for (const [path, value] of Object.entries(must))
    expect(same(at(account, path), value), `storage: ${path} must be ${value}`);
  expect(
    textOf(at(account, 'properties.publicNetworkAccess')) === "publicAccess ? 'Enabled' : 'Disabled'" &&
      textOf(at(account, 'properties.networkAcls.defaultAction')) === "publicAccess ? 'Allow' : 'Deny'",
    'storage: the network must close with publicAccess',
  );

  const blobs = ofType(file, 'Microsoft.Storage/storageAccounts/blobServices')?.body;
  expect(at(blobs, 'properties.isVersioningEnabled') === true, 'storage: blobs must be versioned');
  for (const policy of ['deleteRetentionPolicy', 'containerDeleteRetentionPolicy']) {
    expect(
      at(blobs, `properties.${policy}.enabled`) === true &&
        Number(at(blobs, `properties.${policy}.days`)) >= 14,
      `storage: ${policy} must keep 14 days`,
    );
  }
  const rules = at(
    ofType(file, 'Microsoft.Storage/storageAccounts/managementPolicies')?.body,
    'properties.policy.rules',
  );
  for (const rule of Array.isArray(rules) ? rules : []) {
    const actions = Object.keys((at(rule, 'definition.actions') ?? {}) as object);
    expect(
      same(actions, ['version']),
      `storage: a lifecycle rule may act on old versions alone, got ${actions}`,
    );
  }

  expect(
    same(sorted(file.variables.get('containerNames')) as Value, [
      'app-package',
      INTEL_CONTAINER,
      MODEL_CONTAINER,
    ]),
    'storage: containers',
  );
  expect(
    same(file.variables.get('tableNames'), [FEEDBACK_TABLE, RUNS_TABLE, FLEET_TABLE, BEHAVIOR_TABLE]),
    'storage: tables must be those of src/store/names.ts',
  );
  expect(
    same(file.variables.get('queueNames'), [RETRAIN_QUEUE, RETRAIN_POISON_QUEUE]),
    'storage: queues must be those of src/store/names.ts',
  );
  const children: [string, string][] = [
    ['blobServices/containers', 'containerNames'],
    ['tableServices/tables', 'tableNames'],
    ['queueServices/queues', 'queueNames'],
  ];
  for (const [type, over] of children) {
    expect(
      ofType(file, `Microsoft.Storage/storageAccounts/${type}`)?.over === over,
      `storage: ${type} must be made for each of ${over}`,
    );
  }
  const containers = ofType(file, 'Microsoft.Storage/storageAccounts/blobServices/containers')?.body;
  expect(at(containers, 'properties.publicAccess') === 'None', 'storage: no container may be public');
  expect(
    textOf(file.outputs.get('packageContainerUrl')).endsWith("app-package'"),
    'storage: the package container',
  );

  const assigned = (name: string, roles: object, principal: string, symbol: string): void => {
    expect(
      same(sorted(file.variables.get(name)) as Value, Object.keys(roles).sort()),
      `storage: ${name} must be exactly ${Object.values(roles).join(', ')}`,
    );
    checkAssignment(
      ofType(file, 'Microsoft.Authorization/roleAssignments', symbol),
      'account',
      principal,
      name,
      expect,
    );
  };
  assigned('appRoles', APP_ROLES, 'appPrincipalId', 'appAccess');
  assigned('readerRoles', READER_ROLES, 'readerPrincipalId', 'readerAccess');
  const nAssignments = file.resources.filter(
    ({ type }) => type === 'Microsoft.Authorization/roleAssignments',
  ).length;
  expect(nAssignments === 2, 'storage: no further role assignment');
}

export function checkAssignment(
  resource: Resource | undefined,
  scope: string,
  principal: string,
  over: string | undefined,
  expect: Expect,
): void {
  const what = `role assignment of ${principal}`;
  expect(resource?.over === over, `${what}: must be made for each of ${over}`);
  expect(textOf(at(resource?.body, 'scope')) === scope, `${what}: scope must be ${scope}`);
  expect(textOf(at(resource?.body, 'properties.principalId')) === principal, `${what}: principal`);
  const name = textOf(at(resource?.body, 'name'));
  expect(
    name.startsWith(`guid(${scope}.id, ${principal}, `),
    `${what}: the name must hash scope, principal and role`,
  );
  if (principal !== 'readerPrincipalId') {
    expect(
      at(resource?.body, 'properties.principalType') === 'ServicePrincipal',
      `${what}: principalType must be ServicePrincipal`,
    );
  }
}
