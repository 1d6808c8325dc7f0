targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('Name of the environment: part of the resource group name and the seed of every other name.')
param environmentName string

@minLength(1)
@description('Azure region; must offer Flex Consumption (az functionapp list-flexconsumption-locations).')
param location string

@allowed(['22', '24'])
@description('Major version of Node.js.')
param nodeVersion string = '24'

// not 512: under load the functions alone take 630 MB (npm run bench -- --only memory)
@allowed([2048, 4096])
@description('Memory of one instance.')
param instanceMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('Most instances the app may scale out to; an upper bound of the bill as well.')
param maximumInstanceCount int = 40

@minValue(0)
@maxValue(20)
@description('HTTP instances kept warm. 0 scales to zero: cheapest, with a cold start after a quiet time.')
param alwaysReadyHttp int = 0

@minValue(1)
@maxValue(1000)
@description('Requests one instance serves at a time before another is added.')
param httpConcurrency int = 16

@description('Keeps storage off the public network: virtual network, private endpoints, private DNS.')
param vnetEnabled bool = false

@description('Spreads the plan and storage over availability zones, where the region has them.')
param zoneRedundant bool = false

@description('Client id of the Entra application that protects the API. Empty: function keys.')
param authClientId string = ''

@description('Where the alert rules send e-mail. Empty: the rules show in the portal only.')
param alertEmail string = ''

@description('NCRONTAB with six fields, UTC. Off the full hour, where everybody else runs.')
param retrainSchedule string = '0 7 * * * *'

@minValue(1)
@description('Newly judged alerts that start a retrain at once.')
param retrainAfter int = 100

@minValue(1)
@description('Newly judged alerts that suffice at the hourly check.')
param retrainAfterHourly int = 50

@minValue(1)
@description('The p95 alert rule fires above this many milliseconds.')
param predictP95Ms int = 500

@minValue(30)
@maxValue(730)
@description('Days the logs are kept.')
param logRetentionDays int = 30

@description('Logs every write to and delete from blob storage: who changed a model.')
param auditModelWrites bool = true

@description('Puts a delete lock on the storage account. `azd down` fails until it is removed.')
param lockStorage bool = false

@description('Entra object id of a person or group that may read models and feedback. Empty: nobody but the app.')
param readerPrincipalId string = ''

@description('Values for the app settings of docs/configuration.md that differ from their defaults; empty ones count as left out.')
param appSettings object = {}

@description('Tags on every resource.')
param tags object = {}

var allTags = union(tags, { 'azd-env-name': environmentName })
// azd gives every setting, empty where nobody has set it.
var changedSettings = toObject(filter(items(appSettings), setting => !empty(setting.value)), setting => setting.key, setting => setting.value)
var suffix = uniqueString(subscription().id, environmentName, location)

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-alertforest-${environmentName}'
  location: location
  tags: allTags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-alertforest-${suffix}'
    location: location
    tags: allTags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: allTags
    retentionDays: logRetentionDays
    publisherPrincipalId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'staf${suffix}'
    location: location
    tags: allTags
    zoneRedundant: zoneRedundant
    publicAccess: !vnetEnabled
    appPrincipalId: identity.outputs.principalId
    readerPrincipalId: readerPrincipalId
    workspaceId: auditModelWrites ? monitoring.outputs.workspaceId : ''
    lock: lockStorage
  }
}

module network 'modules/network.bicep' = if (vnetEnabled) {
  name: 'network'
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: allTags
    storageId: storage.outputs.id
  }
}

module api 'modules/api.bicep' = {
  name: 'api'
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: allTags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageName: storage.outputs.name
    blobEndpoint: storage.outputs.blobEndpoint
    queueEndpoint: storage.outputs.queueEndpoint
    tableEndpoint: storage.outputs.tableEndpoint
    packageContainerUrl: storage.outputs.packageContainerUrl
    insightsConnectionString: monitoring.outputs.connectionString
    subnetId: vnetEnabled ? network!.outputs.appSubnetId : ''
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttp: alwaysReadyHttp
    httpConcurrency: httpConcurrency
    zoneRedundant: zoneRedundant
    authClientId: authClientId
    retrainSchedule: retrainSchedule
    retrainAfter: retrainAfter
    retrainAfterHourly: retrainAfterHourly
    appSettings: changedSettings
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    suffix: suffix
    location: location
    tags: allTags
    insightsId: monitoring.outputs.insightsId
    email: alertEmail
    retrainAfterHourly: retrainAfterHourly
    predictP95Ms: predictP95Ms
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output ALERTFOREST_APP_NAME string = api.outputs.name
output ALERTFOREST_BASE_URL string = 'https://${api.outputs.hostName}/api/v1/ml'
output ALERTFOREST_AUTH_MODE string = empty(authClientId) ? 'key' : 'entra'
output ALERTFOREST_AUDIENCE string = empty(authClientId) ? '' : 'api://${authClientId}'
output ALERTFOREST_STORAGE_ACCOUNT string = storage.outputs.name
output ALERTFOREST_IDENTITY_NAME string = identity.outputs.name
output ALERTFOREST_INSIGHTS_NAME string = monitoring.outputs.insightsName
output ALERTFOREST_ACTION_GROUP_ID string = alerts.outputs.actionGroupId
output ALERTFOREST_TRAINING_SUBNET_ID string = vnetEnabled ? network!.outputs.trainingSubnetId : ''
