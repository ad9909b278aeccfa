import type { BundledPackage } from "../build.mjs";
export declare const REVIEWED_LICENCES: ReadonlySet<string>;
/** Writes the notices; throws a sentence that names each package whose licence was not reviewed. */
export declare function writeNotices(packages: (BundledPackage & { author: string })[], file: string): void;
