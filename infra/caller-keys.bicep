// A key of its own for every caller on every function it may call; the host or master key is given to nobody.
// Deployed after the code by the postdeploy hook, because a key hangs on a function and functions exist only then.
// The platform makes the values; read one with
//
//   az functionapp function keys list -g <group> -n <app> --function-name predict --query pipeline -o tsv

param appName string

@description('Callers by name, and the role that says which functions each gets a key for.')
param callers array = [
  { name: 'pipeline', role: 'scorer' }
  { name: 'soc', role: 'analyst' }
  { name: 'oncall', role: 'operator' }
]

// Functions by the role their route asks for.
var functionsOf = {
  scorer: [
    'audit'
    'drift'
    'healthDetails'
    'importances'
    'predict'
    'quality'
    'retrainRun'
    'retrainRuns'
    'versions'
    'versionsOfModel'
  ]
  analyst: [
    'feedback'
  ]
  operator: [
    'policy'
    'policyPut'
    'quarantine'
    'quarantineRule'
    'retrain'
    'versionActivate'
    'versionUnpin'
  ]
}

// An operator may do what the other two may; scorer and analyst stand side by side.
var grants = flatten(map(callers, caller => map(caller.role == 'operator' ? concat(functionsOf.operator, functionsOf.scorer, functionsOf.analyst) : functionsOf[caller.role], functionName => { caller: caller.name, functionName: functionName })))

resource keys 'Microsoft.Web/sites/functions/keys@2024-11-01' = [for grant in grants: {
  name: '${appName}/${grant.functionName}/${grant.caller}'
  properties: { name: grant.caller }
}]

output keyNames array = [for (grant, i) in grants: keys[i].name]
