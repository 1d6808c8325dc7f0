#!/bin/sh
# Builds, lints and evaluates every template with the Bicep compiler (0.41 or newer for snapshots), offline.
# Usage: sh scripts/check-templates.sh   with `bicep` on the path
set -eu
cd "$(dirname "$0")/.."
# in the project: a parameter file names its template by a path from where it lies (BCP051)
out=$(mktemp -d ./.check-templates-XXXXXX)
trap 'rm -rf "$out"' EXIT

for template in infra/*.bicep infra/modules/*.bicep; do
  echo "$template"
  bicep build --stdout "$template" >"$out/built.json"
  bicep lint "$template"
done

# What a template comes to: names, conditions and loops are computed. A snapshot is of a parameter file.
snapshot() {
  name=$1
  template=$2
  shift 2
  {
    echo "using '../$template'"
    for parameter in "$@"; do echo "param $parameter"; done
  } >"$out/$name.bicepparam"
  echo "$template as $name"
  bicep snapshot "$out/$name.bicepparam" --mode overwrite \
    --subscription-id 00000000-0000-0000-0000-000000000000 --resource-group rg-check --location westeurope
}

snapshot defaults infra/main.bicep "environmentName = 'check'" "location = 'westeurope'"
snapshot everything infra/main.bicep "environmentName = 'check'" "location = 'westeurope'" \
  "vnetEnabled = true" "zoneRedundant = true" "lockStorage = true" "alwaysReadyHttp = 1" \
  "authClientId = '00000000-0000-0000-0000-000000000001'" "alertEmail = 'soc@contoso.example'" \
  "readerPrincipalId = '00000000-0000-0000-0000-000000000002'" "appSettings = { RULE_VALUES: 'on' }"
snapshot companion infra/companion.bicep "insightsName = 'appi-check'" "budgetAmount = 50"
snapshot caller-keys infra/caller-keys.bicep "appName = 'func-check'"
snapshot training-job infra/training-job.bicep "registryName = 'crcheck'" "image = 'alertforest-train:1'" \
  "identityName = 'id-check'" "storageAccountName = 'stcheck'"
echo 'Every template builds, lints and evaluates.'
