// Easy Auth before the function app: on for one application of Entra ID, off without one. Off is written out, since a
// deployment leaves alone what a template does not name.

param appName string

@description('Application (client) id whose tokens are let in; empty switches Easy Auth off.')
param authClientId string

@description('Paths that it lets through without a token.')
param anonymousPaths array

var on = {
  platform: { enabled: true }
  globalValidation: {
    requireAuthentication: true
    unauthenticatedClientAction: 'Return401'
    excludedPaths: anonymousPaths
  }
  httpSettings: { requireHttps: true }
  login: { tokenStore: { enabled: false } }
  identityProviders: {
    azureActiveDirectory: {
      enabled: true
      registration: {
        clientId: authClientId
        openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
      }
      validation: {
        allowedAudiences: ['api://${authClientId}', authClientId]
      }
    }
  }
}

var off = {
  platform: { enabled: false }
}

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: appName
}

resource auth 'Microsoft.Web/sites/config@2024-11-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: empty(authClientId) ? off : on
}
