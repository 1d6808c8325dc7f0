// A key of its own for every caller on every function it may call; the host or master key is given to nobody.
// Deployed after the code, by scripts/caller-keys.ts from the postdeploy hook: a key hangs on a function, and
// functions exist only then. The platform makes the values of programs; read one with
//
//   az functionapp function keys list -g <group> -n <app> --function-name predict --query pipeline -o tsv
//
// A person types one key into the page, so a role of the page has one value on all its functions. The script makes it,
// or reads it from /me/<role> where it is there; read it yourself with --function-name meAnalyst --query page-analyst

param appName string

@description('Callers by name, and the role that says which functions each gets a key for.')
param callers array = [
  { name: 'pipeline', role: 'scorer' }
  { name: 'soc', role: 'analyst' }
  { name: 'oncall', role: 'operator' }
]

@description('Keys that are there already, as function/caller. They are left alone: to set a key again makes a new value, and its caller would be locked out.')
param presentKeys array = []

@secure()
@description('The one value of each role of the page, by caller: page-scorer, page-analyst, page-operator.')
param pageKeys object = {}

// Functions by the role their route asks for; written by npm run openapi.
var functionsOf = loadJsonContent('caller-functions.json')

// An operator may do what the other two may; scorer and analyst stand side by side.
var programGrants = flatten(map(callers, caller => map(caller.role == 'operator' ? concat(functionsOf.operator, functionsOf.scorer, functionsOf.analyst) : functionsOf[caller.role], functionName => { caller: caller.name, functionName: functionName })))

// All reading is the scorer's: whoever judges at the page reads there as well.
var pageFunctions = {
  'page-scorer': functionsOf.scorer
  'page-analyst': concat(functionsOf.scorer, functionsOf.analyst)
  'page-operator': concat(functionsOf.scorer, functionsOf.analyst, functionsOf.operator)
}
var pageGrants = flatten(map(items(pageFunctions), role => map(role.value, functionName => { caller: role.key, functionName: functionName })))

var missing = filter(programGrants, grant => !contains(presentKeys, '${grant.functionName}/${grant.caller}'))
var missingOfPage = filter(pageGrants, grant => contains(pageKeys, grant.caller) && !contains(presentKeys, '${grant.functionName}/${grant.caller}'))

resource keys 'Microsoft.Web/sites/functions/keys@2024-11-01' = [for grant in missing: {
  name: '${appName}/${grant.functionName}/${grant.caller}'
  // The type has the value at the root, where the service refuses it; under properties it takes it (bicep-types-az 1357).
  #disable-next-line BCP187
  properties: { name: grant.caller }
}]

resource keysOfPage 'Microsoft.Web/sites/functions/keys@2024-11-01' = [for grant in missingOfPage: {
  name: '${appName}/${grant.functionName}/${grant.caller}'
  // As above (bicep-types-az 1357).
  #disable-next-line BCP187
  properties: { name: grant.caller, value: pageKeys[grant.caller] }
}]

output created array = [for i in range(0, length(missing)): keys[i].name]
output createdOfPage array = [for i in range(0, length(missingOfPage)): keysOfPage[i].name]
