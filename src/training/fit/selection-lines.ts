/** One contestant of the model selection, as the metrics of a release keep it. */
type Contestant = Readonly<Record<string, unknown>>;

const digits = (value: unknown): string => Number(value).toPrecision(4);

/** The model selection on a card: the contestants, and why one that costs less does not serve. */
export function selectionLines(table: unknown): string[] {
  if (!Array.isArray(table) || table.length === 0) return [];
  const contestants = table as readonly Contestant[];
  const serving = contestants.find(({ won }) => won);
  const reasons = serving === undefined ? [] : contestants.flatMap((one) => whyNot(one, serving));
  return [
    '### Tournament',
    '',
    '| algorithm | expected cost | brier | macro-F1 | calibration error | folds | |',
    '|---|---|---|---|---|---|---|',
    ...contestants.map(
      ({ algorithm, expected_cost, brier, macro_f1, calibration_error, folds, won }) =>
        `| ${algorithm} | ${[expected_cost, brier, macro_f1, calibration_error].map(digits).join(' | ')} | ${folds} | ${won ? 'serves' : ''} |`,
    ),
    '',
    ...(reasons.length === 0 ? [] : [...reasons, '']),
  ];
}

/** Nothing for a contestant that does not cost less. */
function whyNot(one: Contestant, serving: Contestant): string[] {
  const cost = Number(one['expected_cost']);
  if (one['won'] || !(cost < Number(serving['expected_cost']))) return [];
  const costs = `- ${one['algorithm']} costs ${digits(cost)} and not ${digits(serving['expected_cost'])}`;
  if (Number(one['folds']) < Number(serving['folds']))
    return [
      `${costs}, but on the first fold alone, where others cost clearly less than it: it was left out there.`,
    ];
  return [
    `${costs}, which is no more than chance and the margin allow. Of those equal in cost the one with the better Brier ` +
      `score serves (${digits(one['brier'])} against ${digits(serving['brier'])}), and of those equal in that the smaller model.`,
  ];
}
