#!/usr/bin/env bash
# ml-cart 2.1.1: DecisionTreeRegression refuses the one split that leaves no error. The gain of a regression split is the
# error that is left, and a split is taken only where this is above gainThreshold, 0 unless told otherwise. A column that
# parts 0 from 1 at 0.5, the easiest there is, gives a tree of one node that answers 0.5 everywhere; with a thousandth of
# noise on the target the same data is learned to three digits. Of three steps, the last is learned and the first two come
# out as their mean. A score that is fitted to rules (0 below a limit, 100 above it) is thus learned the worse the cleaner
# it is, and so are the regression forests of ml-random-forest 2.1.0, which grow these trees. DecisionTreeClassifier
# learns the same step. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ml-cart@2.1.1 ml-random-forest@2.1.0
cat > check.cjs <<'EOF'
const { DecisionTreeClassifier, DecisionTreeRegression } = require('ml-cart');
const { RandomForestRegression } = require('ml-random-forest');
const version = (name) => `${name} ${require(`./node_modules/${name}/package.json`).version}`;
console.log(`${version('ml-cart')}, ${version('ml-random-forest')}`);

const x = Array.from({ length: 100 }, (_, i) => i / 100);
const step = x.map((value) => (value < 0.5 ? 0 : 1));
const noisy = step.map((value, i) => value + ((i * 37) % 100) / 100_000);
const three = x.map((value) => (value < 0.3 ? 10 : value < 0.6 ? 20 : 40));
const at = [0.1, 0.5, 0.9];
const learned = (target) => {
  const tree = new DecisionTreeRegression({ minNumSamples: 1 });
  tree.train(x, target);
  return at.map((value) => Math.round(tree.predict([value])[0] * 1000) / 1000);
};
const classifier = new DecisionTreeClassifier({ minNumSamples: 1 });
classifier.train(x.map((value) => [value]), step);
const forest = new RandomForestRegression({ nEstimators: 20, useSampleBagging: false, treeOptions: { minNumSamples: 1 } });
forest.train(x.map((value) => [value]), step);
const seen = {
  step: learned(step),
  'step with noise below 0.001': learned(noisy),
  'steps of 10, 20, 40': learned(three),
  'classifier, step': classifier.predict(at.map((value) => [value])),
  'regression forest, step': forest.predict(at.map((value) => [value])),
};
for (const [name, values] of Object.entries(seen)) console.log(`${name}, at ${at.join(', ')}: ${values.join(', ')}`);
const same = (name, expected) => JSON.stringify(seen[name].map((value) => Math.round(value * 100) / 100)) === JSON.stringify(expected);
const flat = same('step', [0.5, 0.5, 0.5]) && same('regression forest, step', [0.5, 0.5, 0.5]);
const rest = same('step with noise below 0.001', [0, 1, 1]) && same('steps of 10, 20, 40', [15, 15, 40]);
process.exit(flat && rest && same('classifier, step', [0, 1, 1]) ? 0 : 1);
EOF
node check.cjs
