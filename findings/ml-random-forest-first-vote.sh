#!/usr/bin/env bash
# ml-random-forest 2.1.0: RandomForestClassifier.predictProbability never counts the vote of the first tree. The votes are
# summed by reduce without a start, so that the sum begins with the first tree's label as a number, in millionths. Where
# all of n trees vote for class 1, P(1) is (n - 1) / n and the probabilities of all classes add up to as much: 0.8 for five
# trees, 0.000001 for one, which is its whole answer for either class. A row is thus never certain, a limit of 0.95 is out of
# reach below 21 trees, and the class that predict() names need not have the greatest probability: of three trees that
# vote 1, 1, 0 each class gets a third. Exits non-zero when this is no longer so.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund ml-random-forest@2.1.0
cat > check.cjs <<'EOF'
const { RandomForestClassifier } = require('ml-random-forest');
console.log(`ml-random-forest ${require('./node_modules/ml-random-forest/package.json').version}`);

const rows = Array.from({ length: 200 }, (_, i) => [i / 200, ((i * 37) % 200) / 200]);
const labels = rows.map(([first]) => (first < 0.5 ? 0 : 1));
const asked = [[0.9, 0.5]];
let asFound = true;
for (const nEstimators of [1, 2, 5, 20]) {
  const forest = new RandomForestClassifier({ nEstimators, maxFeatures: 2, replacement: false, noOOB: true });
  forest.train(rows, labels);
  const votes = forest.predictionValues(asked).getRow(0);
  const [zero, one] = [0, 1].map((label) => forest.predictProbability(asked, label)[0]);
  console.log(`${nEstimators} trees vote ${votes.join(' ')}: P(0) ${zero}, P(1) ${one}`);
  asFound &&= votes.every((vote) => vote === 1) && Math.abs(one - (nEstimators - 1) / nEstimators) < 2e-6 && zero < 2e-6;
}

// Votes that differ: labels by chance, so that trees of different samples disagree.
const noise = rows.map((_, i) => (i * 7919) % 13 % 2);
const forest = new RandomForestClassifier({ nEstimators: 3, maxFeatures: 2, replacement: false, noOOB: true });
forest.train(rows, noise);
const all = forest.predictionValues(rows).to2DArray();
const split = all.findIndex((votes) => votes.join() === '1,1,0');
const [zero, one] = [0, 1].map((label) => forest.predictProbability([rows[split]], label)[0]);
console.log(`votes ${all[split].join(' ')}: predict ${forest.predict([rows[split]])[0]}, P(0) ${zero}, P(1) ${one}`);
asFound &&= Math.abs(zero - 1 / 3) < 2e-6 && Math.abs(one - 1 / 3) < 2e-6;
process.exit(asFound ? 0 : 1);
EOF
node check.cjs
