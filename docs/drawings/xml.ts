const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => ENTITIES[char]!);

/** Tenths of a pixel are all that an eye sees, and all that is sure to be the same on every machine. */
export const rounded = (value: number): string => String(Math.round(value * 10) / 10 + 0);
