import fc from 'fast-check';

// The same cases each time: a case that fails by chance would stop a change that has nothing to do with it. Other cases are
// drawn with TEST_SEED, over many runs where something new is looked for.
fc.configureGlobal({ seed: Number(process.env['TEST_SEED'] ?? 1) });

export { fc };
