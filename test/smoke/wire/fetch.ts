import type { Oid } from '../../../git/oid.ts';
import { checkedPack } from '../../../git/protocol/pack-check.ts';
import type { UploadRequest } from '../../../git/protocol/upload-request.ts';
import type { GitRemote } from '../../../git/remote.ts';
import { type PackFinding, PackScan } from '../../../local/codecommit/pack-scan.ts';

/** A pack that was fetched to its end, and proven. */
export interface Fetched {
  objects: number;
  bytes: number;
  common: ReadonlySet<Oid>;
  /** Whether it has deltas that a CodeCommit destination refuses. */
  scan: PackFinding;
}

/** With the client of ccrepl itself, as a run asks: thin where there are haves, and never for offset deltas. */
export async function fetchAll(
  remote: GitRemote,
  { wants, haves }: Pick<UploadRequest, 'wants' | 'haves'>,
): Promise<Fetched> {
  const advertised = await remote.advertisement('git-upload-pack');
  const request = { wants, haves, done: true, thin: haves.length > 0, ofsDelta: false };
  const { common, pack } = await remote.fetch(request, advertised);
  const scan = new PackScan();
  let [objects, bytes] = [0, 0];
  const onHeader = (announced: number) => {
    objects = announced;
  };
  for await (const chunk of checkedPack(pack, advertised.objectFormat, onHeader)) {
    bytes += chunk.length;
    await scan.write(chunk);
  }
  return { objects, bytes, common, scan: scan.finding };
}
