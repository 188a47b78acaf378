/** Git LFS keeps a large file outside the repository; what git stores is a short text that points to it. */

const POINTER = Buffer.from('version https://git-lfs.github.com/spec/');

/** True for the text that stands in for a file kept in LFS (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md). */
export function isLfsPointer(bytes: Uint8Array): boolean {
  return bytes.length < 1024 && POINTER.equals(bytes.subarray(0, POINTER.length));
}
