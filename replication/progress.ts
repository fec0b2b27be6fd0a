/** Where a run stands, for people: a bar, a log line. */
export interface Progress {
  stage: 'reading' | 'preparing' | 'transferring' | 'indexing' | 'confirming';
  /** What the server that is at work calls its step, and how far it is: "Resolving deltas", 40. */
  step?: string;
  percent?: number;
  /** Objects in the pack, from its header. */
  objects: number;
  /** Bytes of the pack so far. */
  packBytes: number;
}

const STEP = /^(?:remote: )*([A-Z][A-Za-z ]+):\s+(\d{1,3})%/;

/** git's own progress line (`Counting objects:  50% (3/6)`), or nothing if the text is something else. */
export function parseGitProgress(text: string): { step: string; percent: number } | undefined {
  const last =
    text
      .split(/[\r\n]+/)
      .filter((line) => line.trim() !== '')
      .at(-1) ?? '';
  const [, step, percent] = STEP.exec(last) ?? [];
  return step === undefined ? undefined : { step, percent: Math.min(100, Number(percent)) };
}
