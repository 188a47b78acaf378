/** The public API: run the command line inside another program, and the types of what it reports. */
export { main } from './cli.js';
export type { Io } from './io.js';
export type { Report, ReportedFinding, ReportedRule, ReportedStep, Location, Frame, Notice, Summary } from './report.js';
export type { Level, Severity, Confidence } from '../rules/contract.js';
