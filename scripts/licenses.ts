// Lists the licence of every package in the lockfile and fails for one that is not allowed.
//
//   node scripts/licenses.ts           one line per licence
//   node scripts/licenses.ts --all     one line per package

import { licenseProblems, lockedPackages } from './third-party.ts';

const packages = lockedPackages();
const problems = licenseProblems(packages);
const groups = Object.groupBy(packages, ({ license }) => license);
for (const [license, members = []] of Object.entries(groups).sort(
  ([, a = []], [, b = []]) => b.length - a.length,
)) {
  const deployed = members.filter(({ isDev }) => !isDev).length;
  console.log(
    `${license.padEnd(24)} ${String(members.length).padStart(4)} packages, ${deployed} of them deployed`,
  );
  if (!process.argv.includes('--all')) continue;
  for (const { name, version } of members) console.log(`  ${name} ${version}`);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
