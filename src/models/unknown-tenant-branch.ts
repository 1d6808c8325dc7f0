import { RECORD_FAMILIES } from '../features/feature-catalog.ts';
import { graftForests } from '../trees/graft-forests.ts';
import type { Matrix } from '../trees/matrix.ts';
import { RandomForestClassifier } from '../trees/random-forest.ts';
import type { FittedLearner } from './classifier-learner.ts';
import type { ColumnLayout } from './column-layout.ts';
import { fittingMatrix, type RecordOptions } from './record-columns.ts';
import type { TrainingRows } from './training-rows.ts';

/** Few: what is left out of the rules' counts must be many tenants, or an alert could be told by what is missing. */
const TENANT_FOLDS = 5;
const TENANT = RECORD_FAMILIES.indexOf('tenant');

/** With fewer tenants or judged alerts the two parts would know too little each: one forest serves both. */
const LEAST_TENANTS = 10;
const LEAST_ROWS = 500;

/** Whether the judged alerts are of enough tenants to learn what a new one is like. */
export function canLearnNewTenants(rows: TrainingRows): boolean {
  const tenants = new Set<string>();
  let nJudged = 0;
  rows.recordKeys.forEach((keys, i) => {
    if (rows.synthetic[i] === 1) return;
    nJudged++;
    if (keys[TENANT]) tenants.add(keys[TENANT]);
  });
  return nJudged >= LEAST_ROWS && tenants.size >= LEAST_TENANTS;
}

/**
 * A random forest in two parts: alerts of a tenant with a record go down trees that always saw one, the others down
 * trees fitted with every tenant shown as new, on rules counted over other tenants.
 *
 * One forest for both does neither well: with few hidden tenants it leans on records that a new customer lacks,
 * with many it spends its splits on telling the two apart. Folds are of whole tenants rather than a tenant taken out
 * of the whole: what is missing from a count would tell the label. Costs a second fit and half as many nodes again.
 *
 * @param fitLearnerOn fits a forest on a matrix of the rows, always with as many trees
 */
export function fitForKnownAndNewTenants(
  rows: TrainingRows,
  layout: ColumnLayout,
  options: RecordOptions & { readonly seed: number },
  fitLearnerOn: (X: Matrix, part: 'known' | 'new') => FittedLearner,
): FittedLearner {
  const known = fitLearnerOn(fittingMatrix(rows, layout, { ...options, hiddenTenants: 0 }), 'known');
  // Folds of whole tenants leave nothing of an alert's own tenant in what it is shown.
  const tenants = rows.recordKeys.map((keys, i) => keys[TENANT] || (rows.groups[i] as string));
  const fresh = fitLearnerOn(
    fittingMatrix({ ...rows, groups: tenants }, layout, {
      ...options,
      nFolds: TENANT_FOLDS,
      hiddenTenants: 0,
      hiddenRules: 0,
    }),
    'new',
  );
  const column = layout.names.indexOf('record_tenant_count_log1p');
  const forest = graftForests(column, 0, fresh.learner.forest, known.learner.forest);
  return {
    learner: RandomForestClassifier.fromForest(forest, known.learner.nClasses),
    // what calibrates is how it does on the tenants it serves
    oobProba: known.oobProba,
    hyperparameters: { ...known.hyperparameters, new_tenants: fresh.hyperparameters },
  };
}
