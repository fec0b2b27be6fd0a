/** JGit waits for its clock more than it works. */
const AT_ONCE = 4;

/** Does the work for every item, some at once; the first that fails is the failure. */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const left = items.entries();
  const worker = async () => {
    for (const [index, item] of left) await work(item, index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
