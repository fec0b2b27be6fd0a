/** Why heads are refused, of a `kind` as a comparison gives it: `diverged:diverged,mass-change` has two reasons, `behind` none. */
export const reasonsIn = (kind = ''): string[] => kind.split(':')[1]?.split(',') ?? [];

/** Many deletions or rewrites that wait for a person. An accident or an attack may look so, and somebody should look now. */
export const isMassChange = ({ kind }: { kind?: string }): boolean => reasonsIn(kind).includes('mass-change');
