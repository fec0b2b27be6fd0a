/** CPU units of a Fargate task on Linux, and the memory that each may have, in MiB: from, to, in steps of. */
const SIZES = {
  256: [512, 2048, 512],
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
} as const satisfies Record<number, readonly [number, number, number]>;

export type CpuUnits = keyof typeof SIZES;

export const CPU_UNITS = [256, 512, 1024, 2048, 4096] as const satisfies readonly CpuUnits[];

export const DEFAULT_SIZE = { cpu: 256, memoryMiB: 512 } as const;

/**
 * What a task of so many CPU units may have, in MiB. 256 units may have 512, 1024 and 2048, but not 1536.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
export function memorySizes(cpu: CpuUnits): number[] {
  const [from, to, step] = SIZES[cpu];
  const sizes = Array.from({ length: (to - from) / step + 1 }, (_, n) => from + n * step);
  return sizes.filter((memory) => !(cpu === 256 && memory === 1536));
}

export const isFargateSize = ({ cpu, memoryMiB }: { cpu: CpuUnits; memoryMiB: number }): boolean =>
  memorySizes(cpu).includes(memoryMiB);
