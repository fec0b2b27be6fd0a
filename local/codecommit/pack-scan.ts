import { constants, createInflate, type Inflate, inflateSync } from 'node:zlib';

/** What a scan has found: nothing so far, an OFS_DELTA, or bytes that are no pack, from where on it looks no further. */
export type PackFinding = 'nothing' | 'offset-delta' | 'unreadable';

const OFS_DELTA = 6;
const REF_DELTA = 7;
const OBJECT_TYPES = [1, 2, 3, 4, OFS_DELTA, REF_DELTA];
const HEADER_BYTES = 12;
const BASE_ID_BYTES = 20;
/** Objects up to this are inflated at one go when they are there whole; that is several times as fast as a stream for each. */
const WHOLE_BYTES_MAX = 256 * 1024;

/**
 * Looks for offset deltas in a pack as it passes, in whatever pieces it comes, holding nothing of it (gitformat-pack). It says
 * so before the piece with the delta in it has passed. A damaged pack is not its business: that is for git to refuse.
 */
export class PackScan {
  finding: PackFinding = 'nothing';
  #next: 'header' | 'object' | 'size' | 'base' | 'data' | 'no more' = 'header';
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #objectsLeft = 0;
  #type = 0;
  /** Bytes of the object once inflated, as its header says, and the place value of the next seven bits of that. */
  #size = 0;
  #sizeUnit = 1;
  #baseBytesLeft = 0;
  #stream: SkippedStream | undefined;

  async write(chunk: Buffer): Promise<PackFinding> {
    for (let at = 0; at < chunk.length && this.#next !== 'no more'; ) {
      const next = this.#step(chunk, at);
      at = typeof next === 'number' ? next : await next;
    }
    return this.finding;
  }

  /** Takes what comes next from `at` on; gives where it ends. */
  #step(chunk: Buffer, at: number): number | Promise<number> {
    switch (this.#next) {
      case 'header':
        return this.#readHeader(chunk, at);
      case 'object':
      case 'size':
        return this.#readSize(chunk[at] as number, at);
      case 'base': {
        const taken = Math.min(this.#baseBytesLeft, chunk.length - at);
        this.#baseBytesLeft -= taken;
        if (this.#baseBytesLeft === 0) this.#next = 'data';
        return at + taken;
      }
      default:
        return this.#skipData(chunk.subarray(at), at);
    }
  }

  #readHeader(chunk: Buffer, at: number): number {
    const taken = chunk.copy(this.#header, this.#headerBytes, at);
    this.#headerBytes += taken;
    if (this.#headerBytes < HEADER_BYTES) return at + taken;
    const version = this.#header.readUInt32BE(4);
    if (this.#header.toString('latin1', 0, 4) !== 'PACK' || version < 2 || version > 3) this.#stop('unreadable');
    else {
      this.#objectsLeft = this.#header.readUInt32BE(8);
      this.#next = this.#objectsLeft === 0 ? 'no more' : 'object';
    }
    return at + taken;
  }

  /** Type and size of an object: four bits of the size in the first byte, seven in each that follows. */
  #readSize(byte: number, at: number): number {
    if (this.#next === 'object') {
      this.#type = (byte >> 4) & 7;
      this.#size = byte & 15;
      this.#sizeUnit = 16;
      if (this.#type === OFS_DELTA) this.#stop('offset-delta');
      else if (!OBJECT_TYPES.includes(this.#type)) this.#stop('unreadable');
      if (this.finding !== 'nothing') return at + 1;
    } else {
      this.#size += (byte & 127) * this.#sizeUnit;
      this.#sizeUnit *= 128;
    }
    if (byte & 128) this.#next = 'size';
    else if (this.#type === REF_DELTA) {
      this.#next = 'base';
      this.#baseBytesLeft = BASE_ID_BYTES;
    } else this.#next = 'data';
    return at + 1;
  }

  #skipData(bytes: Buffer, at: number): number | Promise<number> {
    if (this.#stream === undefined && this.#size <= WHOLE_BYTES_MAX) {
      const used = wholeLength(bytes, this.#size);
      if (used === 'broken') this.#stop('unreadable');
      else if (used !== undefined) this.#objectDone();
      if (used !== undefined) return used === 'broken' ? at : at + used;
    }
    this.#stream ??= new SkippedStream();
    return this.#stream.feed(bytes).then((used) => {
      if (used === 'broken') this.#stop('unreadable');
      else if (used !== undefined) this.#objectDone();
      return at + (typeof used === 'number' ? used : bytes.length);
    });
  }

  #objectDone(): void {
    this.#stream = undefined;
    this.#objectsLeft -= 1;
    this.#next = this.#objectsLeft === 0 ? 'no more' : 'object';
  }

  #stop(finding: PackFinding): void {
    this.finding = finding;
    this.#next = 'no more';
  }
}

/** Bytes of the zlib stream that `bytes` begin with; undefined if they end before it, or just where it may end. */
function wholeLength(bytes: Buffer, size: number): number | 'broken' | undefined {
  try {
    const { buffer, engine } = inflateSync(bytes, {
      info: true,
      finishFlush: constants.Z_SYNC_FLUSH,
      chunkSize: Math.max(64, size + 1),
      maxOutputLength: size + 1,
    }) as unknown as { buffer: Buffer; engine: Inflate };
    if (engine.bytesWritten === bytes.length) return undefined;
    return buffer.length === size ? engine.bytesWritten : 'broken';
  } catch {
    return 'broken';
  }
}

/** A zlib stream that is longer than what of it has come: inflated as it comes, and thrown away. */
class SkippedStream {
  readonly #inflate = createInflate();
  #outcome: 'open' | 'ended' | 'broken' = 'open';
  #fed: () => void = () => {};

  constructor() {
    this.#inflate.resume();
    this.#inflate.on('end', () => this.#settle('ended'));
    this.#inflate.on('error', () => this.#settle('broken'));
  }

  /** Takes more of it; gives how many of these bytes it took if it ends in them. */
  async feed(bytes: Buffer): Promise<number | 'broken' | undefined> {
    const before = this.#inflate.bytesWritten;
    await new Promise<void>((resolve) => {
      this.#fed = resolve;
      this.#inflate.write(bytes, () => resolve());
    });
    if (this.#outcome === 'open') return undefined;
    const used = this.#inflate.bytesWritten - before;
    this.#inflate.destroy();
    return this.#outcome === 'broken' ? 'broken' : used;
  }

  #settle(outcome: 'ended' | 'broken'): void {
    if (this.#outcome === 'open') this.#outcome = outcome;
    this.#fed();
  }
}
