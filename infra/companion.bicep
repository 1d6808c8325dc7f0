// What the service can live without: a workbook to look at and a budget that warns. Deployed after main.bicep by
// the postprovision hook and allowed to fail, because some kinds of subscription have no budgets and some
// deployers no right to them.
//
//   az deployment group create -g <group> -f infra/companion.bicep -p insightsName=<name> budgetAmount=50 ...

param location string = resourceGroup().location

@description('Application Insights component the workbook reads.')
param insightsName string

@minValue(0)
@description('Monthly budget of the resource group in the currency of the subscription. 0 makes none.')
param budgetAmount int = 0

@description('First day of the month the budget starts in, yyyy-MM-01.')
param budgetStart string = utcNow('yyyy-MM-01')

@description('Who hears of the budget besides the owners of the subscription.')
param budgetEmails array = []

@description('Action group that hears of it as well; empty for none.')
param actionGroupId string = ''

param tags object = {}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(insights.id, 'alertforest')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Alertforest'
    category: 'workbook'
    version: '1.0'
    sourceId: insights.id
    serializedData: loadTextContent('workbook.json')
  }
}

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = if (budgetAmount > 0) {
  name: 'alertforest'
  properties: {
    category: 'Cost'
    amount: budgetAmount
    timeGrain: 'Monthly'
    timePeriod: { startDate: budgetStart }
    notifications: {
      actual80: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: budgetEmails
        contactRoles: ['Owner']
        contactGroups: empty(actionGroupId) ? [] : [actionGroupId]
      }
      forecast100: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: budgetEmails
        contactRoles: ['Owner']
        contactGroups: empty(actionGroupId) ? [] : [actionGroupId]
      }
    }
  }
}
