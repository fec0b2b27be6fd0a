/**
 * How Node is started for the task. Packs pass through as 64 KiB buffers that die young; with a small nursery they are given
 * back soon, and 300 MB need some 95 MiB instead of 115 to 150 (`npm run bench:memory`); Node and the program are 71 of them.
 */
export const NODE_FLAGS = ['--max-semi-space-size=1'] as const;
