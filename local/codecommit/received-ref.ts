/** One ref that a push moved; 40 zeros stand for "not there". */
export interface ReceivedRef {
  ref: string;
  old: string;
  new: string;
}

/** What the post-receive hook got: `old new ref` a line, names as bytes. */
export function parseReceived(text: string): ReceivedRef[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [old = '', next = '', ...ref] = line.split(' ');
      return { old, new: next, ref: ref.join(' ') };
    });
}
