/** Contents of past commits -> findings. Each is looked at by itself: no imports are followed. */
import type { FileResult, Inspection } from './inspect.js';
import type { PastFile } from './sources/blobs.js';
import type { LeftOut } from './sources/source.js';
import type { Job, Triage } from './triage.js';

/** Contents analysed together. */
const BATCH_FILES = 8;
const BATCH_BYTES = 512 * 1024;

/** What a past content was found to hold. */
export interface PastResult {
  readonly file: PastFile;
  readonly result: FileResult;
}

/** What the analysis of past contents needs. */
export interface PastInspection {
  readonly triage: Triage;
  /** Whether a path is scanned at all. */
  wanted(path: string): boolean;
  /** Told of what could not be read, and why. */
  leave(path: string, reason: string): void;
  /** Told of what need not be analysed. */
  ofNoInterest(file: PastFile): void;
  /** Asked for when there is something to analyse. */
  inspection(): Promise<Inspection>;
}

/** Analyses contents in the order in which they come. Those of no interest give no result. */
export async function* inspectPast(
  files: AsyncIterable<PastFile | LeftOut>,
  { triage, wanted, leave, ofNoInterest, inspection }: PastInspection,
): AsyncGenerator<PastResult> {
  let batch: { file: PastFile; job: Job }[] = [];
  let bytes = 0;
  async function* flush(): AsyncGenerator<PastResult> {
    const results = await (await inspection()).run(batch.map(({ job }) => job));
    for (const [index, result] of results.entries()) yield { file: batch[index]!.file, result };
    batch = [];
    bytes = 0;
  }
  for await (const file of files) {
    if (!wanted(file.path)) continue;
    if ('leftOut' in file) {
      leave(file.path, file.leftOut);
      continue;
    }
    const job = triage(file);
    if (!job) {
      ofNoInterest(file);
      continue;
    }
    batch.push({ file, job });
    bytes += file.bytes.length;
    if (batch.length >= BATCH_FILES || bytes >= BATCH_BYTES) yield* flush();
  }
  if (batch.length > 0) yield* flush();
}
