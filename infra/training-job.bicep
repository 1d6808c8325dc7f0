// Training outside the function app, for histories that outgrow one instance (docs/scale.md): the image of
// Dockerfile as a Container Apps job on the same storage and the same protocol. Whoever commits first wins, so it
// may run beside the hourly check; raise RETRAIN_AFTER and RETRAIN_AFTER_HOURLY to leave the work to it.
//
//   az acr build -r <registry> -t alertforest-train:<version> .
//   az deployment group create -g <group> -f infra/training-job.bicep -p registryName=... image=... ...

param location string = resourceGroup().location

@description('Container registry that holds the image, in this resource group.')
param registryName string

@description('Repository and tag, or digest, inside the registry.')
param image string

@description('Identity of the service: it has the roles on storage already.')
param identityName string

param storageAccountName string

@description('Subnet of the private network; empty where storage is public.')
param subnetId string = ''

@description('Five fields, UTC.')
param schedule string = '37 3 * * *'

@allowed([1, 2, 4])
param cpuCores int = 4

@description('Gibibytes; Container Apps wants twice the cores.')
param memoryGiB int = 2 * cpuCores

@minValue(600)
@maxValue(86400)
param timeoutSeconds int = 14400

@description('App settings of the service that the job shall share, by name.')
param settings object = {}

param tags object = {}

var suffix = uniqueString(resourceGroup().id)
var acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'
var jobSettings = union(settings, {
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__blobServiceUri: account.properties.primaryEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: account.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: account.properties.primaryEndpoints.table
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.properties.clientId
})

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccountName
}

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {
  name: registryName
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, identity.id, acrPull)
  scope: registry
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPull)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource containerEnvironment 'Microsoft.App/managedEnvironments@2025-01-01' = {
  name: 'cae-alertforest-${suffix}'
  location: location
  tags: tags
  properties: {
    vnetConfiguration: empty(subnetId) ? null : { infrastructureSubnetId: subnetId, internal: true }
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
  }
}

resource job 'Microsoft.App/jobs@2025-01-01' = {
  name: 'caj-alertforest-train'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    environmentId: containerEnvironment.id
    workloadProfileName: 'Consumption'
    configuration: {
      triggerType: 'Schedule'
      scheduleTriggerConfig: { cronExpression: schedule, parallelism: 1, replicaCompletionCount: 1 }
      replicaTimeout: timeoutSeconds
      replicaRetryLimit: 1
      registries: [{ server: registry.properties.loginServer, identity: identity.id }]
    }
    template: {
      containers: [
        {
          name: 'train'
          image: '${registry.properties.loginServer}/${image}'
          resources: {
            cpu: cpuCores
            memory: '${memoryGiB}Gi'
          }
          env: map(items(jobSettings), setting => { name: setting.key, value: setting.value })
        }
      ]
    }
  }
  dependsOn: [pull]
}

output jobName string = job.name
