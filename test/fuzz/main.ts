import { startCoverage } from './coverage.ts';

startCoverage();
const { runFuzz } = await import('./run.ts');

/** Gives millions of hostile inputs to the parsers of what comes from outside; exit code 1 if one does what it must not. */
process.exitCode = (await runFuzz(process.argv.slice(2), import.meta.filename)) ? 0 : 1;
