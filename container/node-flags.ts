/**
 * How Node is started for the task. Packs pass through as 64 KiB buffers that die young; with a small nursery they are given
 * back soon, and 300 MB need some 84 MiB (`npm run bench:memory`), of which Node and the program are 57.
 */
export const NODE_FLAGS = ['--max-semi-space-size=1'] as const;
