import { judge, type Trial } from './judge.ts';

/** Judges what the parent sends. A failure in nobody's hands ends it: what comes next could be blamed for it. */
const unhandled = new Map<Promise<unknown>, unknown>();
const lost = (error: unknown) => process.send?.({ lost: String(error) }, () => process.exit(1));
process.on('uncaughtException', lost);
process.on('unhandledRejection', (error, promise) => unhandled.set(promise, error));
process.on('rejectionHandled', (promise) => unhandled.delete(promise));

process.on('message', async (trial: Trial) => {
  const judgement = await judge(trial);
  const [first] = unhandled.values();
  if (unhandled.size > 0) lost(first);
  else process.send?.({ judgement });
});
process.on('disconnect', () => process.exit(0));
