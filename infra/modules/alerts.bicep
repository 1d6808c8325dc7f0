// What wakes somebody. Requests are counted by the platform; the rest are the service's own log lines, whose names
// and fields are the contract of docs/telemetry.md.

param suffix string
param location string
param tags object
param insightsId string

@description('Where to send e-mail; empty for nowhere.')
param email string

param retrainAfterHourly int
param predictP95Ms int

@description('The error rule fires above this share of answers with a 5xx status, in percent.')
param failedPercent int = 2

var rules = [
  {
    key: 'no-retrain-tick'
    displayName: 'No retrain check in 3 hours'
    meaning: 'The hourly check did not run or did not finish. Feedback waits, models grow old. See /api/v1/ml/retrain.'
    severity: 2
    frequency: 'PT30M'
    window: 'PT3H'
    query: '''traces
| where message startswith '{"event":"retrain_tick"'
| summarize ticks = count()'''
    measure: 'ticks'
    aggregation: 'Total'
    operator: 'LessThan'
    threshold: 1
  }
  {
    key: 'failed-requests'
    displayName: 'Requests fail'
    meaning: 'Too many answers with a 5xx status. The lines with "event":"error" say why.'
    severity: 1
    frequency: 'PT15M'
    window: 'PT15M'
    query: '''requests
| where toint(resultCode) > 0
| summarize failed = sumif(itemCount, toint(resultCode) >= 500), total = sum(itemCount)
| where failed >= 5
| project failedPercent = 100.0 * failed / total'''
    measure: 'failedPercent'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: failedPercent
  }
  {
    key: 'poison-messages'
    displayName: 'Retrain requests were given up'
    meaning: 'A retrain request failed five times and lies in retrain-requests-poison.'
    severity: 2
    frequency: 'PT15M'
    window: 'PT30M'
    query: '''traces
| where message has 'retrain-requests-poison'
| summarize moved = count()'''
    measure: 'moved'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 0
  }
  {
    key: 'pending-feedback'
    displayName: 'Feedback waits for more than 2 hours'
    meaning: 'Checks of the last hours left enough feedback for a retrain behind, some of it over 2 hours old. See /api/v1/ml/retrain for the reason.'
    severity: 2
    frequency: 'PT30M'
    window: 'PT3H'
    query: '''traces
| where message startswith '{"event":"pending"'
| extend line = parse_json(message)
| where toint(line.oldestMinutes) >= 120
| summarize lowest = min(toint(line.pending)), checks = count()
| where checks >= 2
| project lowest'''
    measure: 'lowest'
    aggregation: 'Maximum'
    operator: 'GreaterThanOrEqual'
    threshold: retrainAfterHourly
  }
  {
    key: 'slow-predict'
    displayName: 'Predict is slow'
    meaning: 'p95 of predict over 15 minutes, with at least 50 requests, cold starts included.'
    severity: 3
    frequency: 'PT15M'
    window: 'PT15M'
    query: '''requests
| where name == 'predict'
| summarize p95Ms = percentile(duration, 95), n = sum(itemCount)
| where n >= 50
| project p95Ms'''
    measure: 'p95Ms'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: predictP95Ms
  }
  {
    key: 'drift'
    displayName: 'Alerts have drifted from the training data'
    meaning: 'The service reports drift. See /api/v1/ml/drift for the columns.'
    severity: 3
    frequency: 'PT1H'
    window: 'PT6H'
    query: '''traces
| where message startswith '{"event":"drift"'
| extend line = parse_json(message)
| where tostring(line.status) == 'drifted'
| summarize drifted = count()'''
    measure: 'drifted'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 0
  }
]

resource oncall 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'ag-alertforest-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'alertforest'
    enabled: true
    emailReceivers: [{ name: 'oncall', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource queryRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: 'alertforest-${rule.key}-${suffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: rule.displayName
    severity: rule.severity
    enabled: true
    scopes: [insightsId]
    evaluationFrequency: rule.frequency
    windowSize: rule.window
    criteria: {
      allOf: [
        {
          query: rule.query
          metricMeasureColumn: rule.measure
          timeAggregation: rule.aggregation
          operator: rule.operator
          threshold: rule.threshold
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    // A new component has no rows yet, and the check would refuse a query over columns it has never seen.
    skipQueryValidation: true
    actions: {
      actionGroups: empty(email) ? [] : [oncall.id]
      customProperties: { meaning: rule.meaning }
    }
  }
}]

output actionGroupId string = empty(email) ? '' : oncall.id
