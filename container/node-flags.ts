/**
 * How Node is started for the task. Packs pass through as 64 KiB buffers that die young; with a small nursery they are given
 * back soon, and 300 MB need some 84 MiB (`npm run bench:memory`), of which Node and the program are 57.
 *
 * How much garbage V8 lets grow follows the machine's memory, if nobody says otherwise. The most refs that are allowed, each of which
 * is new or moves, fit into this heap; with what is outside of it, that is below the 256 MiB that are promised (`npm run bench:refs`, also with `--moved`).
 */
export const NODE_FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=144'] as const;
