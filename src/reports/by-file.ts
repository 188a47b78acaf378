/** Findings grouped as formats with an element for each file list them. */
import type { ReportedFinding } from '../report.js';

/** Findings by the path of their file, both in the order of the report. */
export function byFile(findings: readonly ReportedFinding[]): ReadonlyMap<string, readonly ReportedFinding[]> {
  const files = new Map<string, ReportedFinding[]>();
  for (const finding of findings) {
    const list = files.get(finding.location.path);
    if (list) list.push(finding);
    else files.set(finding.location.path, [finding]);
  }
  return files;
}
