// The function app on Flex Consumption, its settings and who may call it.

param suffix string
param location string
param tags object
param identityId string
param identityClientId string
param storageName string

@description('The account\'s own addresses, whatever cloud it is in.')
param blobEndpoint string
param queueEndpoint string
param tableEndpoint string

param packageContainerUrl string
param insightsConnectionString string

@description('Subnet to reach storage through; empty for none.')
param subnetId string

param nodeVersion string
param instanceMemoryMB int
param maximumInstanceCount int
param alwaysReadyHttp int
param httpConcurrency int
param zoneRedundant bool
param authClientId string
param retrainSchedule string
param retrainAfter int
param retrainAfterHourly int
param appSettings object

// Only what says nothing of alerts or models. The app answers the rest of /api to nobody without a token; a path
// listed here that is not anonymous in the code is still refused there, for want of a principal.
var anonymousPaths = [
  '/api/v1/ml'
  '/api/v1/ml/first-page.css'
  '/api/v1/ml/health'
  '/api/v1/ml/openapi.json'
  '/api/v1/ml/openapi-2.0.json'
  '/api/v1/ml/dashboard'
  '/api/v1/ml/dashboard/page.js'
  '/api/v1/ml/dashboard/style.css'
  '/api/v1/ml/dashboard/icon.svg'
  '/api/v1/ml/reference'
  '/api/v1/ml/reference/viewer.js'
  '/api/v1/ml/reference/reference.js'
  '/api/v1/ml/reference/reference.css'
]

// Generated from src/config.ts by `npm run settings`, written out so that the portal shows what is in force.
var defaultSettings = {
  RETRAIN_SCHEDULE: retrainSchedule
  RETRAIN_AFTER: string(retrainAfter)
  RETRAIN_AFTER_HOURLY: string(retrainAfterHourly)
  TOURNAMENT: 'random_forest,boosted,ml_random_forest,ml_cart'
  MAX_ALERT_BYTES: '1048576'
  MAX_REQUEST_BYTES: '16777216'
  MAX_BATCH_ALERTS: '1000'
  MAX_INTEL_BYTES: '104857600'
  MODEL_WEIGHT: '0.7'
  RULE_WEIGHT: '0.3'
  BLEND_RISK: '0.6'
  BLEND_CLASSIFIER: '0.3'
  BLEND_ANOMALY: '0.1'
  RULES: 'on'
  INTEL: 'on'
  BEHAVIOR: 'on'
  ENTITIES: 'on'
  CORRELATION: 'on'
  INCIDENT_ENTITIES: 'values'
  INCIDENT_TITLES: 'on'
  PREDICTION_LOG: 'behind'
  PREDICTION_LOG_WEEKS: '8'
  HEAD_POLL_SECONDS: '30'
  HEARTBEAT_SECONDS: '15'
  AUDIT_SHARE: '0.02'
  LOG_ALERT_CONTENT: 'off'
  RULE_VALUES: 'off'
  FEEDBACK_RATE_PER_MINUTE: '6000'
  SYNTHETIC_ALERTS: '2000'
  SYNTHETIC_SEED: '20260101'
  STORAGE_TIMEOUT_SECONDS: '8'
  REQUEST_DEADLINE_SECONDS: '100'
}

// Last in the union: no override may turn off the identity or the way callers are checked.
var fixedSettings = {
  // The host reads its keys before it knows the endpoints (azure-functions-host 11787), so the name stays beside them.
  AzureWebJobsStorage__accountName: storageName
  AzureWebJobsStorage__blobServiceUri: blobEndpoint
  AzureWebJobsStorage__queueServiceUri: queueEndpoint
  AzureWebJobsStorage__tableServiceUri: tableEndpoint
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AUTH_MODE: empty(authClientId) ? 'key' : 'entra'
  // The host takes headers of 32 KB, Node without this 16 KB: a request between the two would never be answered.
  NODE_OPTIONS: '--max-http-header-size=65536'
  AzureWebJobsDisableHomepage: 'true'
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-alertforest-${suffix}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: 'func-alertforest-${suffix}'
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'node', version: nodeVersion }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyHttp > 0 ? [{ name: 'http', instanceCount: alwaysReadyHttp }] : []
        triggers: { http: { perInstanceConcurrency: httpConcurrency } }
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'appsettings'
  properties: union(defaultSettings, appSettings, fixedSettings)
  dependsOn: [authOn]
}

// Who stands in front is switched in an order in which no step leaves functions open, whichever fails. To Entra: Easy
// Auth first, while functions still ask for keys; then the setting by which they leave callers to it. To keys: first
// functions ask for keys again, then Easy Auth goes.
module authOn 'auth.bicep' = if (!empty(authClientId)) {
  name: 'auth-on'
  params: {
    appName: app.name
    authClientId: authClientId
    anonymousPaths: anonymousPaths
  }
}

module authOff 'auth.bicep' = if (empty(authClientId)) {
  name: 'auth-off'
  params: {
    appName: app.name
    authClientId: ''
    anonymousPaths: anonymousPaths
  }
  dependsOn: [settings]
}

resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource scm 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
